// Makes the calls of calls.json with RudderStack's SDK for Node, unchanged.
import { readFileSync } from "node:fs";
import RudderAnalytics from "@rudderstack/rudder-sdk-node";

const calls = JSON.parse(readFileSync(new URL("calls.json", import.meta.url)));
const client = new RudderAnalytics(process.env.WRITE_KEY, { dataPlaneUrl: process.env.HUB, flushInterval: 100 });
for (const [name, fields] of calls) client[name]({ userId: process.env.USER_ID, ...fields });
await client.flush();
