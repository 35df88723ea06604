// What people read who may not do what they ask for, on whichever page.

export const sentences = {
  otherOrigin: "Only the page itself may do this: the request came from another site.",
  otherHost: "In mock mode the page answers on this machine's own names only, or set HOST.",
  loginNeeded: "Log in on the page, or send 'Authorization: Bearer <ADMIN_TOKEN>'.",
  noToken: "Outside mock mode this page needs a token: set ADMIN_TOKEN and start again.",
  readersMayNot:
    "You are logged in with SUGGEST_TOKEN, which may look and suggest. To do this, log in with ADMIN_TOKEN.",
};
