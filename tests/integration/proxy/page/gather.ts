/** Run in a page of the gateway: what a browser gets from the proxy. */

interface Gathered {
  /** What became of a signaling connection. */
  socket: string;
  /** TURN URLs that a relay candidate came from, sorted. */
  urls: string[];
}

/** Which server a candidate came from (WebRTC 1.0 §4.8.1); newer than TypeScript's DOM types. */
type CandidateWithUrl = RTCIceCandidate & { url: string };

interface Caller {
  host: string;
  token: string;
}

/**
 * Connects as a call does, relay only.
 * `count`: TURN URLs to wait for; with more than there are, until gathering is complete.
 */
async function gatherThroughProxy(task: Caller & { count: number }): Promise<Gathered> {
  const { host, token, count } = task;
  const response = await fetch(`https://${host}/.well-known/causeway.json`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { iceServers } = (await response.json()) as { iceServers: RTCIceServer[] };
  const socket = await new Promise<string>((resolve) => {
    const webSocket = openSignaling(host, token, 'browser');
    webSocket.onopen = () => {
      resolve(`open, ${webSocket.protocol}`);
      webSocket.close();
    };
    webSocket.onclose = ({ code, reason }) => resolve(`closed ${code} ${reason}`);
  });
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' });
  connection.createDataChannel('probe');
  const urls = new Set<string>();
  const done = new Promise<void>((resolve) => {
    connection.onicecandidate = ({ candidate }) => {
      if (candidate?.type === 'relay') urls.add((candidate as CandidateWithUrl).url);
      if (!candidate || urls.size === count) resolve();
    };
  });
  await connection.setLocalDescription();
  await done;
  connection.close();
  return { socket, urls: [...urls].toSorted() };
}

/** Opens signaling and leaves it open; answers what its state is now. */
async function stayConnected({ host, token }: Caller): Promise<() => number> {
  const webSocket = openSignaling(host, token, 'stays');
  await new Promise((resolve) => (webSocket.onopen = resolve));
  return () => webSocket.readyState;
}

function openSignaling(host: string, token: string, peer: string): WebSocket {
  return new WebSocket(`wss://${host}/?roomId=demo&peerId=${peer}`, [
    'protoo',
    `causeway.token.${token}`,
  ]);
}

Object.assign(globalThis, { gatherThroughProxy, stayConnected });
