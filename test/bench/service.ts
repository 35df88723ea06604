// The service as it is, which besides tells what it uses.
import "./answer-usage.ts";
import "../../src/main.ts";
