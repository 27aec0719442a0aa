package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// owner is the instance in whose name the owner of a build or VM speaks.
const owner = "owner"

var phases = map[string]string{
	"build.claimed":   "assigned",
	"build.started":   "running",
	"build.requeued":  "queued",
	"build.rejected":  "failed",
	"build.succeeded": "succeeded",
	"build.failed":    "failed",
	"build.cancelled": "cancelled",
	"vm.claimed":      "assigned",
	"vm.starting":     "starting",
	"vm.running":      "running",
	"vm.stopping":     "stopping",
	"vm.requeued":     "queued",
	"vm.rejected":     "failed",
	"vm.failed":       "failed",
	"vm.exited":       "exited",
	"vm.removed":      "removed",
}

var endings = map[string]bool{
	"succeeded": true, "failed": true, "cancelled": true, "exited": true, "removed": true,
}

// event of a build or VM.
type event struct {
	Position string          `json:"position"`
	Type     string          `json:"type"`
	Subject  string          `json:"-"`
	Attempt  int             `json:"attempt"`
	Instance string          `json:"-"`
	Seq      int64           `json:"-"`
	Data     json.RawMessage `json:"data"`
}

func (e event) isClaim() bool   { return strings.HasSuffix(e.Type, ".claimed") }
func (e event) isRequeue() bool { return strings.HasSuffix(e.Type, ".requeued") }
func (e event) isRemoval() bool { return e.Type == "vm.removed" }
func (e event) isEnd() bool     { return endings[phases[e.Type]] }

// eventOf reads a record; the second result tells whether it is about a build or VM.
func eventOf(record *kgo.Record) (event, bool, error) {
	headers := map[string]string{}
	for _, header := range record.Headers {
		headers[header.Key] = string(header.Value)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(headers["ce_type"], "dev.firebuild."), ".v1")
	if !strings.HasPrefix(name, "build.") && !strings.HasPrefix(name, "vm.") {
		return event{}, false, nil
	}
	position := fmt.Sprintf("%d:%d", record.Partition, record.Offset)
	attempt, err := strconv.Atoi(headers["ce_attempt"])
	if err != nil {
		return event{}, false, fmt.Errorf("ce_attempt at %s: %w", position, err)
	}
	seq, err := strconv.ParseInt(headers["ce_seq"], 10, 64)
	if err != nil {
		return event{}, false, fmt.Errorf("ce_seq at %s: %w", position, err)
	}
	return event{
		Position: position,
		Type:     name,
		Subject:  headers["ce_subject"],
		Attempt:  attempt,
		Instance: headers["ce_instance"],
		Seq:      seq,
		Data:     record.Value,
	}, true, nil
}

// document is what became of a build or VM.
type document struct {
	ID         string          `json:"id"`
	Attempt    int             `json:"attempt"`
	Instance   string          `json:"instance,omitempty"`
	Worker     string          `json:"worker,omitempty"`
	Phase      string          `json:"phase"`
	Digest     string          `json:"digest,omitempty"`
	Failure    json.RawMessage `json:"failure,omitempty"`
	ExitCode   *int            `json:"exitCode,omitempty"`
	ExitReason string          `json:"exitReason,omitempty"`
}

// subject is a build or VM: which of its events count, and what they make of it.
type subject struct {
	document                       document
	attempt                        int
	granted                        string
	seen, ownerSeen                int64
	ended, endedByOwner, isRemoved bool
}

func newSubject(id string) *subject {
	return &subject{document: document{ID: id}, seen: -1, ownerSeen: -1}
}

// accept tells whether e, the next event of the log, counts; if so the document follows it.
func (s *subject) accept(e event) bool {
	counts := s.counts(e)
	if counts {
		s.fold(e)
	}
	return counts
}

func (s *subject) counts(e event) bool {
	switch {
	case e.Instance == owner:
		return s.acceptOwner(e)
	case e.Attempt < s.attempt:
		return false
	case e.isClaim():
		return s.acceptClaim(e)
	}
	return s.acceptGranted(e)
}

func (s *subject) acceptOwner(e event) bool {
	over := s.endedByOwner || s.isRemoved
	if e.Seq <= s.ownerSeen || (over && !e.isRemoval() && e.Attempt <= s.attempt) {
		return false
	}
	s.ownerSeen = e.Seq
	if e.isRequeue() {
		if e.Attempt <= s.attempt {
			return false
		}
		s.begin(e.Attempt, "")
		return true
	}
	if e.Attempt > s.attempt {
		s.begin(e.Attempt, "")
	}
	if !s.ended || !e.isRemoval() {
		// Nobody holds it; an owner need not have granted the claim.
		s.document.Instance, s.document.Worker = "", ""
	}
	s.ended, s.endedByOwner = true, true
	s.isRemoved = s.isRemoved || e.isRemoval()
	return true
}

func (s *subject) acceptClaim(e event) bool {
	if s.ended || (e.Attempt == s.attempt && s.granted != "") {
		return false
	}
	s.begin(e.Attempt, e.Instance)
	s.seen = e.Seq
	return true
}

func (s *subject) acceptGranted(e event) bool {
	if e.Attempt > s.attempt || (s.granted == "" && !s.ended) {
		s.begin(e.Attempt, e.Instance)
	}
	if e.Instance != s.granted || e.Seq <= s.seen || s.isRemoved || (s.ended && !e.isRemoval()) {
		return false
	}
	s.seen = e.Seq
	s.isRemoved = s.isRemoved || e.isRemoval()
	s.ended = s.ended || e.isEnd()
	return true
}

func (s *subject) begin(attempt int, instance string) {
	s.attempt, s.granted, s.seen = attempt, instance, -1
	s.ended, s.isRemoved = false, false
	s.document = document{ID: s.document.ID, Attempt: attempt, Instance: instance}
}

func (s *subject) fold(e event) {
	if phase, known := phases[e.Type]; known {
		s.document.Phase = phase
	}
	var data struct {
		Claim    struct{ Worker string }
		Digest   string
		Failure  json.RawMessage
		ExitCode *int
		Reason   string
	}
	if json.Unmarshal(e.Data, &data) != nil {
		return
	}
	if e.isClaim() {
		s.document.Worker = data.Claim.Worker
	}
	if e.isEnd() && !e.isRemoval() {
		s.document.Digest, s.document.Failure, s.document.ExitCode = data.Digest, data.Failure, data.ExitCode
		s.document.ExitReason = ""
	}
	if e.Type == "vm.exited" {
		s.document.ExitReason = data.Reason
	}
}
