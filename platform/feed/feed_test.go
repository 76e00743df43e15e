package feed_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"kakehashi/engines/jp"
	"kakehashi/platform/feed"
)

var from, to = jp.NewDate(2026, 11, 28).At(13 * 60), jp.NewDate(2026, 11, 28).At(16*60 + 30)

// unfold joins folded lines again (RFC 5545, 3.1).
func unfold(b []byte) string { return strings.ReplaceAll(string(b), "\r\n ", "") }

func TestCalendar_FoldsByOctetsInAnyScript(t *testing.T) {
	letters := []rune("かわくち市民パートナーステーション会議室1 Lễ hội đọc sách Türkçe çay नेपाली कक्षा 한국어 <b>,;\\\"")
	rapid.Check(t, func(t *rapid.T) {
		summary := strings.TrimSpace(rapid.StringOfN(rapid.SampledFrom(letters), 1, 200, -1).Draw(t, "summary"))
		if summary == "" {
			summary = "x"
		}
		e := feed.Event{UID: "reservation-7", Sequence: 2, Start: from, End: to, Summary: summary, Location: summary, Description: summary + "\n" + summary, Stamp: time.Now()}
		out := feed.Calendar(summary, feed.Publish, e)
		for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\r\n"), "\r\n") {
			if len(line) > 75 {
				t.Fatalf("a line of %d octets: %q", len(line), line)
			}
			if !utf8.ValidString(line) {
				t.Fatalf("a character was cut: %q", line)
			}
		}
		back, err := ics.ParseCalendar(bytes.NewReader(out))
		if err != nil || len(back.Events()) != 1 {
			t.Fatalf("%v", err)
		}
		if got := back.Events()[0].GetProperty(ics.ComponentPropertySummary).Value; got != summary {
			t.Fatalf("read %q, wrote %q", got, summary)
		}
	})
}

func TestCalendar_SaysWhatCalendarsNeed(t *testing.T) {
	stamp := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	text := unfold(feed.Calendar("", feed.Cancel, feed.Event{UID: "reservation-8", Sequence: 3, Start: from, End: to, Summary: "会議室1", Stamp: stamp, Status: feed.Cancelled}))
	for _, want := range []string{
		"METHOD:CANCEL", "UID:reservation-8@kakehashi", "SEQUENCE:3", "STATUS:CANCELLED",
		"DTSTART;TZID=Asia/Tokyo:20261128T130000", "DTEND;TZID=Asia/Tokyo:20261128T163000", "DTSTAMP:20261101T030000Z",
		"BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "TZOFFSETTO:+0900",
	} {
		if !strings.Contains(text, want+"\r\n") {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}

func TestAtom_EscapesAndNamesEachEntry(t *testing.T) {
	at := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	b, err := feed.Atom("市民 <活動>", "http://city.test/groups", at, []feed.Entry{
		{Title: "A & B", Text: "文", Link: "http://city.test/groups/1", Updated: at}, {ID: "urn:x:2", Title: "C", Link: "http://city.test/2", Updated: at},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<title>市民 &lt;活動&gt;</title>", "A &amp; B", "<id>http://city.test/groups/1</id>", "<id>urn:x:2</id>", "2026-11-01T03:00:00Z"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in\n%s", want, b)
		}
	}
}
