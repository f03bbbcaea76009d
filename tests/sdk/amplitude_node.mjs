// Tracks an exposure with Amplitude's SDK for Node, unchanged, as their Experiment asks of it.
import { init, track } from "@amplitude/analytics-node";

await init(process.env.API_KEY, { serverUrl: `${process.env.HUB}/2/httpapi`, flushIntervalMillis: 10 }).promise;
const { code, message } = await track("$exposure", JSON.parse(process.env.EXPOSURE), { user_id: process.env.USER_ID }).promise;
if (code !== 200) throw new Error(message);
