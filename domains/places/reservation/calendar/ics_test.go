package calendar_test

import (
	"strings"
	"testing"
	"time"

	"kakehashi/domains/places/quarter"
	"kakehashi/domains/places/reservation/calendar"
	"kakehashi/engines/jp"
)

var saturday = quarter.On(jp.NewDate(2026, 11, 28), 13*60, 16*60+30)

func TestWriteBusy_NamesNobody(t *testing.T) {
	text := strings.ReplaceAll(string(calendar.WriteBusy("会議室1", "Taken", time.Now(), []calendar.Busy{{ID: 9, Span: saturday}})), "\r\n ", "")
	for _, want := range []string{"SUMMARY:Taken", "TRANSP:OPAQUE", "X-WR-CALNAME:会議室1"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "DESCRIPTION") || strings.Contains(text, "URL") {
		t.Errorf("tells more than that it is taken:\n%s", text)
	}
}
