// A receiver as Corsair's plugin is one: the body is parsed first, and the signature is that of what JSON.stringify makes
// of it. Written from the description of the signature alone.
//   node receiver.js SECRET       each line {"body": base64, "signature"} is answered with true or false
//   node receiver.js SECRET http  takes webhooks at a port, which it names in its first line; then a line for each of them
const { createHmac, timingSafeEqual } = require("crypto");
const http = require("http");
const readline = require("readline");

const [secret, mode] = process.argv.slice(2);

function verified(parsed, signature) {
  const wanted = Buffer.from(createHmac("sha256", secret).update(JSON.stringify(parsed)).digest("hex"));
  const given = Buffer.from(signature || "");
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function say(value) {
  process.stdout.write(JSON.stringify(value) + "\n");
}

if (mode === "http") {
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const parsed = JSON.parse(Buffer.concat(parts).toString("utf8"));
      say({ type: parsed.type, data: parsed.data, verified: verified(parsed, request.headers["x-amplitude-signature"]) });
      response.setHeader("Content-Type", "application/json");
      response.end('{"success":true}');
    });
  });
  server.listen(0, "127.0.0.1", () => say(server.address().port));
  process.stdin.on("end", () => process.exit(0)).resume();
} else {
  readline.createInterface({ input: process.stdin }).on("line", (line) => {
    const { body, signature } = JSON.parse(line);
    say(verified(JSON.parse(Buffer.from(body, "base64").toString("utf8")), signature));
  });
}
