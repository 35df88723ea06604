# Node runs the TypeScript as it is, so there is nothing to build: the first stage only installs.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# `npm install`, as everywhere here: npm 11's `npm ci` refuses a lockfile made on another platform.
# Nothing that runs in production needs an install script.
RUN npm install --omit=dev --omit=peer --ignore-scripts
# docker build --build-arg TRACING=yes: what src/tracing.ts needs (docs/operations, Traces).
ARG TRACING=""
RUN if [ -n "$TRACING" ]; then \
      npm install --save-prod --omit=dev --omit=peer --ignore-scripts \
        @opentelemetry/api@1.10.0 @opentelemetry/exporter-trace-otlp-http@0.301.0 \
        @opentelemetry/resources@3.1.0 @opentelemetry/sdk-trace@3.1.0; \
    fi

FROM node:24-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    MALLOC_ARENA_MAX=1
WORKDIR /app
# Nothing is installed from here on: whoever gets in finds no package manager.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-*
RUN mkdir /data .compile-cache && chown node:node /data .compile-cache
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY prompts ./prompts
COPY src ./src
USER node
# Compiled here once, with the options of the start, so that a service need not hold the compiler.
RUN node --max-semi-space-size=8 --eval 'import("./src/compose.ts")'
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["node", "--eval", "require('http').get(`http://127.0.0.1:${process.env.PORT}/health`, (response) => process.exit(response.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# Not through npm, which would stand between Docker's SIGTERM and the service.
CMD ["node", "--max-semi-space-size=8", "src/main.ts"]
