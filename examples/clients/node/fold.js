// Which events of a build or VM count, and what they make of it: the rules of docs/events.md.

const OWNER = "owner";

const PHASES = {
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
};
const ENDS = new Set(["succeeded", "failed", "cancelled", "exited", "removed"]);

const isClaim = (event) => event.type.endsWith(".claimed");
const isRequeue = (event) => event.type.endsWith(".requeued");
const isRemoval = (event) => event.type === "vm.removed";
const isEnd = (event) => ENDS.has(PHASES[event.type]);

/** The event in a record, or undefined if it is about no build or VM. */
export function eventOf(partition, record) {
  const header = (name) => record.headers?.[name]?.toString() ?? "";
  const type = header("ce_type").replace(/^dev\.firebuild\./, "").replace(/\.v1$/, "");
  if (!/^(build|vm)\./.test(type)) {
    return undefined;
  }
  return {
    position: `${partition}:${record.offset}`,
    type,
    subject: header("ce_subject"),
    attempt: Number(header("ce_attempt")),
    instance: header("ce_instance"),
    // Larger than what a double holds exactly.
    seq: BigInt(header("ce_seq") || 0),
    data: JSON.parse(record.value.toString()),
  };
}

/** A build or VM. */
export class Subject {
  #attempt = 0;
  #granted;
  #seen = -1n;
  #ownerSeen = -1n;
  #endedByOwner = false;
  #removed = false;
  ended = false;

  constructor(id) {
    this.document = {id};
  }

  /** Whether the event, the next one of the log, counts; if so the document follows it. */
  accept(event) {
    const counts = this.#counts(event);
    if (counts) {
      this.#fold(event);
    }
    return counts;
  }

  #counts(event) {
    if (event.instance === OWNER) {
      return this.#acceptOwner(event);
    }
    if (event.attempt < this.#attempt) {
      return false;
    }
    return isClaim(event) ? this.#acceptClaim(event) : this.#acceptGranted(event);
  }

  #acceptOwner(event) {
    const over = this.#endedByOwner || this.#removed;
    if (
      event.seq <= this.#ownerSeen ||
      (over && !isRemoval(event) && event.attempt <= this.#attempt)
    ) {
      return false;
    }
    this.#ownerSeen = event.seq;
    if (isRequeue(event)) {
      if (event.attempt <= this.#attempt) {
        return false;
      }
      this.#begin(event.attempt, undefined);
      return true;
    }
    if (event.attempt > this.#attempt) {
      this.#begin(event.attempt, undefined);
    }
    if (!(this.ended && isRemoval(event))) {
      // Nobody holds it; an owner need not have granted the claim.
      delete this.document.instance;
      delete this.document.worker;
    }
    this.ended = this.#endedByOwner = true;
    this.#removed ||= isRemoval(event);
    return true;
  }

  #acceptClaim(event) {
    if (this.ended || (event.attempt === this.#attempt && this.#granted !== undefined)) {
      return false;
    }
    this.#begin(event.attempt, event.instance);
    this.#seen = event.seq;
    return true;
  }

  #acceptGranted(event) {
    if (event.attempt > this.#attempt || (this.#granted === undefined && !this.ended)) {
      this.#begin(event.attempt, event.instance);
    }
    if (
      event.instance !== this.#granted ||
      event.seq <= this.#seen ||
      this.#removed ||
      (this.ended && !isRemoval(event))
    ) {
      return false;
    }
    this.#seen = event.seq;
    this.#removed ||= isRemoval(event);
    this.ended ||= isEnd(event);
    return true;
  }

  #begin(attempt, instance) {
    this.#attempt = attempt;
    this.#granted = instance;
    this.#seen = -1n;
    this.ended = this.#removed = false;
    this.document = {id: this.document.id, attempt};
    if (instance !== undefined) {
      this.document.instance = instance;
    }
  }

  #fold(event) {
    this.document.phase = PHASES[event.type] ?? this.document.phase;
    if (isClaim(event)) {
      this.document.worker = event.data.claim.worker;
    }
    if (isEnd(event) && !isRemoval(event)) {
      for (const name of ["digest", "failure", "exitCode", "exitReason"]) {
        delete this.document[name];
        if (name in event.data) {
          this.document[name] = event.data[name];
        }
      }
    }
    if (event.type === "vm.exited") {
      this.document.exitReason = event.data.reason;
    }
  }
}
