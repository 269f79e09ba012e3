// The official client for Node, against a server whose address comes as the first word; prints what it got, as JSON.
import OpenAI from "openai";

const [address, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${address}v1`, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: question }];
const whole = await client.chat.completions.create({ model: "linping", messages });
let streamed = "";
let usage = null;
const stream = await client.chat.completions.create({
  model: "linping", messages, stream: true, stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
const refused = {};
try {
  await client.chat.completions.create({ model: "gpt-4o", messages });
} catch (error) {
  Object.assign(refused, { kind: error.constructor.name, status: error.status, param: error.param, code: error.code });
}
const models = [];
for await (const model of client.models.list()) models.push(model.id);
const one = await client.models.retrieve("linping");
const vectors = await client.embeddings.create({ model: "linping-embedding", input: ["工业", "天气"] });
console.log(JSON.stringify({
  whole: whole.choices[0].message.content, citations: whole.choices[0].message.citations, total: whole.usage.total_tokens,
  streamed, written: usage?.completion_tokens, refused, models, one: one.id, vectors: vectors.data.map((row) => row.embedding.length),
}));
