#!/usr/bin/env python3
"""A client of firebuild that knows only Kafka and docs/events.md.

    firebuild_log.py CONFIG submit TOPIC   send the request on standard input
    firebuild_log.py CONFIG follow ID      what happens to a build or VM, up to its end
    firebuild_log.py CONFIG replay         what became of every build and VM, from the whole log

CONFIG is what `firebuild kafka-properties --format librdkafka` prints, in a file. Answers are JSON,
one object per line.
"""

import json
import secrets
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

EVENTS = "firebuild.events"
OWNER = "owner"
TYPE_PREFIX, TYPE_SUFFIX = "dev.firebuild.", ".v1"

PHASES = {
    "build.claimed": "assigned",
    "build.started": "running",
    "build.requeued": "queued",
    "build.rejected": "failed",
    "build.succeeded": "succeeded",
    "build.failed": "failed",
    "build.cancelled": "cancelled",
    "vm.claimed": "assigned",
    "vm.starting": "starting",
    "vm.running": "running",
    "vm.stopping": "stopping",
    "vm.requeued": "queued",
    "vm.rejected": "failed",
    "vm.failed": "failed",
    "vm.exited": "exited",
    "vm.removed": "removed",
}
ENDS = {"succeeded", "failed", "cancelled", "exited", "removed"}


class Event:
    """A record of the log that is a CloudEvent."""

    def __init__(self, record):
        headers = {name: value.decode() for name, value in record.headers() or []}
        self.position = f"{record.partition()}:{record.offset()}"
        self.type = headers.get("ce_type", "").removeprefix(TYPE_PREFIX).removesuffix(TYPE_SUFFIX)
        self.subject = headers.get("ce_subject", "")
        self.attempt = int(headers.get("ce_attempt", 0))
        self.instance = headers.get("ce_instance", "")
        self.seq = int(headers.get("ce_seq", 0))
        self.is_work = self.type.startswith(("build.", "vm."))
        self.is_claim = self.type.endswith(".claimed")
        self.is_requeue = self.type.endswith(".requeued")
        self.is_removal = self.type == "vm.removed"
        self.is_end = PHASES.get(self.type) in ENDS
        self.data = json.loads(record.value()) if self.is_work else {}

    def json(self):
        return {
            "position": self.position,
            "type": self.type,
            "attempt": self.attempt,
            "data": self.data,
        }


class Subject:
    """A build or VM: which of its events count, and what they make of it."""

    def __init__(self, subject):
        self.document = {"id": subject}
        self.attempt = 0
        self.granted = None
        self.seen = self.owner_seen = -1
        self.ended = self.ended_by_owner = self.removed = False

    def accept(self, event):
        """Whether the event, the next one of the log, counts; if so the document follows it."""
        if event.instance == OWNER:
            counts = self._accept_owner(event)
        elif event.attempt < self.attempt:
            counts = False
        elif event.is_claim:
            counts = self._accept_claim(event)
        else:
            counts = self._accept_granted(event)
        if counts:
            self._fold(event)
        return counts

    def _accept_owner(self, event):
        if event.seq <= self.owner_seen:
            return False
        over = self.ended_by_owner or self.removed
        if over and not event.is_removal and event.attempt <= self.attempt:
            return False
        self.owner_seen = event.seq
        if event.is_requeue:
            if event.attempt <= self.attempt:
                return False
            self._begin(event.attempt, None)
            return True
        if event.attempt > self.attempt:
            self._begin(event.attempt, None)
        if not (self.ended and event.is_removal):
            # Nobody holds it; an owner need not have granted the claim.
            self.document.pop("instance", None)
            self.document.pop("worker", None)
        self.ended = self.ended_by_owner = True
        self.removed |= event.is_removal
        return True

    def _accept_claim(self, event):
        if self.ended or (event.attempt == self.attempt and self.granted is not None):
            return False
        self._begin(event.attempt, event.instance)
        self.seen = event.seq
        return True

    def _accept_granted(self, event):
        if event.attempt > self.attempt or (self.granted is None and not self.ended):
            self._begin(event.attempt, event.instance)
        if event.instance != self.granted or event.seq <= self.seen or self.removed:
            return False
        if self.ended and not event.is_removal:
            return False
        self.seen = event.seq
        self.removed |= event.is_removal
        self.ended |= event.is_end
        return True

    def _begin(self, attempt, instance):
        self.attempt, self.granted, self.seen = attempt, instance, -1
        self.ended = self.removed = False
        self.document = {"id": self.document["id"], "attempt": attempt}
        if instance is not None:
            self.document["instance"] = instance

    def _fold(self, event):
        self.document["phase"] = PHASES.get(event.type, self.document.get("phase"))
        if event.is_claim:
            self.document["worker"] = event.data["claim"]["worker"]
        if event.is_end and not event.is_removal:
            for name in ("digest", "failure", "exitCode", "exitReason"):
                self.document.pop(name, None)
                if name in event.data:
                    self.document[name] = event.data[name]
        if event.type == "vm.exited":
            self.document["exitReason"] = event.data["reason"]


def settings(path):
    with open(path, encoding="utf-8") as lines:
        pairs = (line.strip().split("=", 1) for line in lines if "=" in line)
        return {name.strip(): value.strip() for name, value in pairs}


def records(config, at_end):
    """The log from its beginning. Once all that was there at the start is read, at_end() ends it."""
    consumer = Consumer(
        config | {"group.id": "not-committed", "enable.auto.commit": False}
    )
    partitions = sorted(consumer.list_topics(EVENTS).topics[EVENTS].partitions)
    ends = {}
    for partition in partitions:
        low, high = consumer.get_watermark_offsets(TopicPartition(EVENTS, partition))
        if high > low:
            ends[partition] = high
    consumer.assign([TopicPartition(EVENTS, p, OFFSET_BEGINNING) for p in partitions])
    try:
        while True:
            for position in consumer.position([TopicPartition(EVENTS, p) for p in ends]):
                if position.offset >= ends[position.partition]:
                    del ends[position.partition]
            if not ends and at_end():
                return
            record = consumer.poll(0.2)
            if record is None:
                continue
            if record.error():
                raise SystemExit(f"reading {EVENTS} failed: {record.error()}")
            yield record
    finally:
        consumer.close()


def follow(config, subject):
    state = Subject(subject)
    for record in records(config, lambda: False):
        event = Event(record)
        if event.is_work and event.subject == subject and state.accept(event):
            print(json.dumps(event.json()), flush=True)
            if state.ended:
                return


def replay(config):
    subjects = {}
    for record in records(config, lambda: True):
        event = Event(record)
        if event.is_work:
            subjects.setdefault(event.subject, Subject(event.subject)).accept(event)
    for _, state in sorted(subjects.items()):
        print(json.dumps(state.document, sort_keys=True))


def submit(config, topic, request):
    # With an id of its own a request can be sent again when no answer came: it is done once.
    request.setdefault("id", secrets.token_hex(10))
    failures = []
    producer = Producer(config | {"acks": "all", "enable.idempotence": True})
    producer.produce(
        topic,
        json.dumps(request),
        request["id"],
        on_delivery=lambda error, _: failures.append(error) if error else None,
    )
    if producer.flush(30) or failures:
        raise SystemExit(f"the request was not stored: {failures or 'no answer within 30 s'}")
    print(json.dumps({"id": request["id"]}))


def main(arguments):
    match arguments:
        case [config, "submit", topic]:
            submit(settings(config), topic, json.load(sys.stdin))
        case [config, "follow", subject]:
            follow(settings(config), subject)
        case [config, "replay"]:
            replay(settings(config))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
