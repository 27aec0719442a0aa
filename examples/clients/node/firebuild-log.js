#!/usr/bin/env node
// A client of firebuild that knows only Kafka and docs/events.md.
//
//   firebuild-log.js CONFIG submit TOPIC   send the request on standard input
//   firebuild-log.js CONFIG follow ID      what happens to a build or VM, up to its end
//   firebuild-log.js CONFIG replay         what became of every build and VM, from the whole log
//
// CONFIG is what `firebuild kafka-properties --format librdkafka` prints, in a file. Answers are
// JSON, one object per line.

import {randomBytes} from "node:crypto";
import {readFileSync} from "node:fs";
import {Kafka, logLevel} from "kafkajs";
import {Subject, eventOf} from "./fold.js";

const EVENTS = "firebuild.events";

function connect(path) {
  const settings = Object.fromEntries(
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")).trim(), line.slice(line.indexOf("=") + 1).trim()]),
  );
  return new Kafka({
    clientId: "firebuild-log",
    brokers: settings["bootstrap.servers"].split(","),
    sasl: {
      mechanism: "plain",
      username: settings["sasl.username"],
      password: settings["sasl.password"],
    },
    logLevel: logLevel.ERROR,
  });
}

/**
 * Reads the log from its beginning and hands on each event of a build or VM, until onEvent or, once
 * all that was there at the start is read, atEnd returns true.
 */
async function read(kafka, onEvent, atEnd) {
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map();
  for (const {partition, low, high} of await admin.fetchTopicOffsets(EVENTS)) {
    if (BigInt(high) > BigInt(low)) {
      ends.set(partition, BigInt(high));
    }
  }
  // KafkaJS reads in groups only: a group of this process, which commits nothing and is deleted.
  const groupId = `firebuild-log-${process.pid}-${Date.now()}`;
  const consumer = kafka.consumer({groupId});
  await consumer.connect();
  await consumer.subscribe({topics: [EVENTS], fromBeginning: true});
  await new Promise((resolve, reject) => {
    if (ends.size === 0 && atEnd()) {
      resolve();
    }
    consumer.on(consumer.events.CRASH, ({payload}) => reject(payload.error));
    consumer
      .run({
        autoCommit: false,
        partitionsConsumedConcurrently: 1,
        eachMessage: async ({partition, message}) => {
          const event = eventOf(partition, message);
          if (event !== undefined && onEvent(event)) {
            resolve();
          }
          if (BigInt(message.offset) + 1n >= (ends.get(partition) ?? 0n)) {
            ends.delete(partition);
            if (ends.size === 0 && atEnd()) {
              resolve();
            }
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  await admin.deleteGroups([groupId]);
  await admin.disconnect();
}

async function follow(kafka, id) {
  const subject = new Subject(id);
  await read(
    kafka,
    (event) => {
      if (event.subject === id && !subject.ended && subject.accept(event)) {
        const {position, type, attempt, data} = event;
        console.log(JSON.stringify({position, type, attempt, data}));
      }
      return subject.ended;
    },
    () => false,
  );
}

async function replay(kafka) {
  const subjects = new Map();
  await read(
    kafka,
    (event) => {
      if (!subjects.has(event.subject)) {
        subjects.set(event.subject, new Subject(event.subject));
      }
      subjects.get(event.subject).accept(event);
      return false;
    },
    () => true,
  );
  for (const id of [...subjects.keys()].sort()) {
    console.log(JSON.stringify(subjects.get(id).document));
  }
}

async function submit(kafka, topic, request) {
  // With an id of its own a request can be sent again when no answer came: it is done once.
  request.id ??= randomBytes(10).toString("hex");
  const producer = kafka.producer({idempotent: true});
  await producer.connect();
  await producer.send({topic, acks: -1, messages: [{key: request.id, value: JSON.stringify(request)}]});
  await producer.disconnect();
  console.log(JSON.stringify({id: request.id}));
}

const [config, command, ...rest] = process.argv.slice(2);
if (command === "submit" && rest.length === 1) {
  await submit(connect(config), rest[0], JSON.parse(readFileSync(0, "utf8")));
} else if (command === "follow" && rest.length === 1) {
  await follow(connect(config), rest[0]);
} else if (command === "replay" && rest.length === 0) {
  await replay(connect(config));
} else {
  console.error("usage: firebuild-log.js CONFIG submit TOPIC | follow ID | replay");
  process.exit(2);
}
