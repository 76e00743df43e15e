package calendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/calendar"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
)

var saturday = quarter.On(jp.NewDate(2026, 11, 28), 13*60, 16*60+30)

// unfold joins folded lines again (RFC 5545, 3.1).
func unfold(b []byte) string { return strings.ReplaceAll(string(b), "\r\n ", "") }

func TestWrite_FoldsByOctetsInAnyScript(t *testing.T) {
	letters := []rune("かわくち市民パートナーステーション会議室1 Lễ hội đọc sách Türkçe çay नेपाली कक्षा 한국어 <b>,;\\\"")
	rapid.Check(t, func(t *rapid.T) {
		summary := strings.TrimSpace(rapid.StringOfN(rapid.SampledFrom(letters), 1, 200, -1).Draw(t, "summary"))
		if summary == "" {
			summary = "x"
		}
		e := calendar.Event{ID: 7, Sequence: 2, Span: saturday, Summary: summary, Location: summary, Description: summary + "\n" + summary, Stamp: time.Now()}
		out := calendar.Write(summary, calendar.Publish, e)
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

func TestWrite_SaysWhatCalendarsNeed(t *testing.T) {
	stamp := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	text := unfold(calendar.Write("", calendar.Cancel, calendar.Event{ID: 1 << 40, Sequence: 3, Span: saturday, Summary: "会議室1", Stamp: stamp, Cancelled: true}))
	for _, want := range []string{
		"METHOD:CANCEL", "UID:reservation-" + db.ID(1<<40).String() + "@kakehashi", "SEQUENCE:3", "STATUS:CANCELLED",
		"DTSTART;TZID=Asia/Tokyo:20261128T130000", "DTEND;TZID=Asia/Tokyo:20261128T163000", "DTSTAMP:20261101T030000Z",
		"BEGIN:VTIMEZONE", "TZID:Asia/Tokyo", "TZOFFSETTO:+0900",
	} {
		if !strings.Contains(text, want+"\r\n") {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}

func TestWriteBusy_NamesNobody(t *testing.T) {
	text := unfold(calendar.WriteBusy("会議室1", "Taken", time.Now(), []calendar.Busy{{ID: 9, Span: saturday}}))
	for _, want := range []string{"SUMMARY:Taken", "TRANSP:OPAQUE", "X-WR-CALNAME:会議室1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "DESCRIPTION") || strings.Contains(text, "URL") {
		t.Errorf("tells more than that it is taken:\n%s", text)
	}
}
