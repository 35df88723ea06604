import type { RequestHandler } from "express";
import helmet from "helmet";

/** Of every page: all is served from here, nothing is written inline, nobody may frame it. */
export const securityHeaders: RequestHandler = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Without a referrer at all, browsers would not name the origin of the login form either.
  referrerPolicy: { policy: "same-origin" },
  // nginx speaks TLS and says so; on a laptop the page is plain HTTP.
  strictTransportSecurity: false,
});
