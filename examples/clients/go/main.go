// Command firebuild-log is a client of firebuild that knows only Kafka and docs/events.md.
//
//	firebuild-log CONFIG submit TOPIC   send the request on standard input
//	firebuild-log CONFIG follow ID      what happens to a build or VM, up to its end
//	firebuild-log CONFIG replay         what became of every build and VM, from the whole log
//
// CONFIG is what `firebuild kafka-properties --format librdkafka` prints, in a file. Answers are
// JSON, one object per line.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
)

const (
	events = "firebuild.events"
	usage  = "usage: firebuild-log CONFIG submit TOPIC | follow ID | replay"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "firebuild-log:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) < 2 {
		return errors.New(usage)
	}
	options, err := connection(args[0])
	if err != nil {
		return err
	}
	switch rest := args[2:]; {
	case args[1] == "submit" && len(rest) == 1:
		return submit(ctx, options, rest[0])
	case args[1] == "follow" && len(rest) == 1:
		return follow(ctx, options, rest[0])
	case args[1] == "replay" && len(rest) == 0:
		return replay(ctx, options)
	}
	return errors.New(usage)
}

func connection(path string) ([]kgo.Opt, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	settings := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, found := strings.Cut(lines.Text(), "="); found {
			settings[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	auth := plain.Auth{User: settings["sasl.username"], Pass: settings["sasl.password"]}
	return []kgo.Opt{
		kgo.SeedBrokers(strings.Split(settings["bootstrap.servers"], ",")...),
		kgo.SASL(auth.AsMechanism()),
	}, nil
}

func submit(ctx context.Context, options []kgo.Opt, topic string) error {
	var request map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&request); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	id, given := request["id"].(string)
	if !given {
		// With an id of its own a request can be sent again when no answer came: it is done once.
		id = newID()
		request["id"] = id
	}
	value, err := json.Marshal(request)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		return err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	record := &kgo.Record{Topic: topic, Key: []byte(id), Value: value}
	if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]string{"id": id})
}

func newID() string {
	bytes := make([]byte, 10)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return hex.EncodeToString(bytes)
}

// read hands each event of a build or VM on, from the beginning of the log, until onEvent or, once
// all that was there at the start is read, atEnd returns true.
func read(ctx context.Context, options []kgo.Opt, onEvent func(event) bool, atEnd func() bool) error {
	client, err := kgo.NewClient(append(options,
		kgo.ConsumeTopics(events), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		return err
	}
	defer client.Close()
	unread, err := ends(ctx, client)
	if err != nil {
		return err
	}
	for {
		if len(unread) == 0 && atEnd() {
			return nil
		}
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		for records := fetches.RecordIter(); !records.Done(); {
			record := records.Next()
			event, isWork, err := eventOf(record)
			if err != nil {
				return err
			}
			if isWork && onEvent(event) {
				return nil
			}
			if end, waits := unread[record.Partition]; waits && record.Offset+1 >= end {
				delete(unread, record.Partition)
			}
		}
	}
}

// ends of the partitions in which something lies.
func ends(ctx context.Context, client *kgo.Client) (map[int32]int64, error) {
	admin := kadm.NewClient(client)
	starts, err := admin.ListStartOffsets(ctx, events)
	if err != nil {
		return nil, err
	}
	all, err := admin.ListEndOffsets(ctx, events)
	if err != nil {
		return nil, err
	}
	unread := map[int32]int64{}
	all.Each(func(end kadm.ListedOffset) {
		if start, _ := starts.Lookup(events, end.Partition); end.Offset > start.Offset {
			unread[end.Partition] = end.Offset
		}
	})
	return unread, all.Error()
}

func follow(ctx context.Context, options []kgo.Opt, id string) error {
	state := newSubject(id)
	out := json.NewEncoder(os.Stdout)
	return read(ctx, options, func(e event) bool {
		if e.Subject == id && state.accept(e) {
			if err := out.Encode(e); err != nil {
				return true
			}
		}
		return state.ended
	}, func() bool { return false })
}

func replay(ctx context.Context, options []kgo.Opt) error {
	subjects := map[string]*subject{}
	err := read(ctx, options, func(e event) bool {
		if subjects[e.Subject] == nil {
			subjects[e.Subject] = newSubject(e.Subject)
		}
		subjects[e.Subject].accept(e)
		return false
	}, func() bool { return true })
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(subjects))
	for id := range subjects {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	out := json.NewEncoder(os.Stdout)
	for _, id := range ids {
		if err := out.Encode(subjects[id].document); err != nil {
			return err
		}
	}
	return nil
}
