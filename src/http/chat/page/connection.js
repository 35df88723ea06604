const firstPauseMs = 250;
const longestPauseMs = 4_000;
/** What the service closes a socket with; see docs/chat-protocol.md. */
const forgotten = 4404;

/**
 * A session's socket, opened again with growing pauses whenever it is lost.
 *
 * @param {string} sessionId
 * @param {object} handlers
 * @param {(event: object) => void} handlers.onEvent
 * @param {(isConnected: boolean) => void} handlers.onState
 * @param {() => Promise<void>} handlers.onForgotten the service knows no such session (any more);
 *   the socket is opened again afterwards
 * @param {() => Promise<void>} handlers.onUnreachable before each further try
 */
export function connect(sessionId, { onEvent, onState, onForgotten, onUnreachable }) {
  let socket = null;
  let failures = 0;
  let isClosed = false;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/chat/ws/${sessionId}`);
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === "session") {
        failures = 0;
        onState(true);
      }
      onEvent(event);
    };
    socket.onclose = ({ code }) => {
      if (isClosed) return;
      onState(false);
      recover(code).catch(() => again());
    };
  }

  async function recover(code) {
    if (code === forgotten) await onForgotten();
    else if (failures > 0) await onUnreachable();
    again();
  }

  function again() {
    if (isClosed) return;
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
    failures += 1;
    // Many tabs should not all come back in the same moment.
    timer = setTimeout(open, pauseMs * (0.75 + Math.random() / 2));
  }

  function reopenNow() {
    if (!isClosed && socket?.readyState === WebSocket.CLOSED) open();
  }

  addEventListener("online", reopenNow);
  open();

  return {
    /** @returns {boolean} whether it was handed to an open socket */
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      removeEventListener("online", reopenNow);
      socket?.close();
    },
  };
}
