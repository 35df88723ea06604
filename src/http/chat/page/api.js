/** @throws Error with a sentence for people, where the service refuses */
const call = async (method, path, body) => {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  return answerOf(response);
};

async function answerOf(response) {
  // The login has ended: the page itself shows the form again.
  if (response.status === 401) location.reload();
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(answer.error ?? `The service answered ${response.status}.`);
  }
  return answer;
}

/** The sessions there are, and what this installation offers. */
export const readSessions = () => call("GET", "/chat/sessions");
export const createSession = (wanted) => call("POST", "/chat/sessions", wanted);
/** Begins a session again that the service has forgotten. */
export const restoreSession = (id, shown) => call("PUT", `/chat/sessions/${id}`, shown);
/** @returns its id, by which a message names it */
export async function uploadFile(id, file) {
  const path = `/chat/sessions/${id}/attachments?name=${encodeURIComponent(file.name || "file")}`;
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  return answerOf(await fetch(path, { method: "POST", headers, body: file }));
}
export const changeSession = (id, changes) => call("PATCH", `/chat/sessions/${id}`, changes);
export const deleteSession = (id) => call("DELETE", `/chat/sessions/${id}`);
/** What mock mode answers from, and what there is to ask. */
export const readKnowledge = () => call("GET", "/chat/knowledge");
export const takeKnowledge = (address) => call("POST", "/chat/knowledge", { address });
/** What can be tried on past conversations, and how far that is. */
export const readPast = () => call("GET", "/chat/past");
export const readPastRun = (run) => call("GET", `/chat/past/${run}`);
export const stepPast = (step) => call("POST", "/chat/past/trial", { step });
/** @returns what the labels now come to */
export const labelPast = (run, turn, label) =>
  call("PUT", `/chat/past/${run}/labels/${encodeURIComponent(turn)}`, { label });
