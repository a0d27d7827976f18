// Sends an event of an endpoint, as programs do, and prints what came of it.
import { GetSegmentsCommand, PinpointClient, PutEventsCommand } from "@aws-sdk/client-pinpoint";

const [endpoint, ApplicationId, accessKeyId, secretAccessKey] = process.argv.slice(2);
const client = new PinpointClient({
  endpoint,
  region: "eu-west-3",
  credentials: { accessKeyId, secretAccessKey },
});
const BatchItem = {
  tv: {
    Endpoint: { Demographic: { Make: "Größe 😀" } },
    Events: { node: { EventType: "_session.start", Timestamp: new Date().toISOString() } },
  },
};
const answer = await client.send(
  new PutEventsCommand({ ApplicationId, EventsRequest: { BatchItem } }),
);
const refused = await client.send(new GetSegmentsCommand({ ApplicationId })).catch((error) => error);
console.log(JSON.stringify({ results: answer.EventsResponse.Results, refused: refused.name }));
