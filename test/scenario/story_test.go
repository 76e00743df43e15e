// Package scenario tells what happens between people of a city, across all
// modules, as somebody who works there could read it.
package scenario

import (
	"bytes"
	"strings"
	"testing"

	ical "github.com/arran4/golang-ical"

	"kakehashi/platform/deliver"
	"kakehashi/platform/i18n"
)

const (
	station    = "Trạm Đối tác Người dân Kawaguchi" // かわくち市民パートナーステーション
	hall       = "Hội trường"                       // its hall, which a clerk lets
	theHall    = "ホール"
	newYear    = "Tập múa mừng năm mới" // what the group comes together for
	linhsMail  = "linh@example.jp"
	linhsName  = "Nguyễn Thị Thùy Linh"
	friends    = "Hội Bạn bè Việt Nam"                // her group, かわぐちベトナム友の会
	merkez     = "Kawaguchi Yurttaş Ortaklık Merkezi" // the station
	inJapan    = "かわぐちベトナム友の会"
	turkish    = "トルコ文化の会"
	theirs     = "Türk"
	spring     = "Bahar şenliği provası"
	takahashi  = "高橋 正吉"
	meetsHere  = "将棋の会"
	onSaturday = "Chiều thứ Bảy này"
)

// TestStory_ARoomForEverybody is the story of the first day: three people want
// a room, in Vietnamese, in Turkish, and on paper.
func TestStory_ARoomForEverybody(t *testing.T) {
	inTheCity(t, func(t *testing.T, c *city) {
		// A resident who reads Vietnamese opens the front page on her phone.
		linh := c.somebodyWhoReads(i18n.Vi)
		linh.opens("/").sees("Mượn chỗ", "Tham gia", "Trông nom", "Giúp nhau", "Hỏi ý kiến").readsInOwnLanguage()
		if doors := linh.linksTo(`^/fields/[a-z]+$`); len(doors) != 5 {
			t.Errorf("she sees %d fields: %v", len(doors), doors)
		}
		linh.opens("/programmes").readsInOwnLanguage()
		if all := linh.linksTo(`^/programmes/[a-z]+$`); len(all) != 16 {
			t.Errorf("she sees %d programmes: %v", len(all), all)
		}

		// She finds the station, and what is free there on Saturday afternoon.
		linh.opens("/places").presses(onSaturday).sees(station, "Buổi chiều").readsInOwnLanguage()
		linh.pressesToward(`^/places/availability/`, station).sees(station).readsInOwnLanguage()

		// The hall is free. To book it she has to say who she is.
		linh.pressesToward(`^/reservations/new\?.*from=780`, hall).readsInOwnLanguage()
		if !strings.HasPrefix(linh.path(), "/sign-in") {
			t.Fatalf("she is at %s, and nobody asked who she is", linh.path())
		}
		linh.signsInByMail(linhsMail).sees(station, hall).readsInOwnLanguage()

		// Whoever speaks for the Turkish group has the same hall and the same
		// time in mind, and is filling in the form.
		second := c.somebodyWhoReads(i18n.Tr)
		second.opens(linh.path())
		second.signsInByMail(c.mailOfTheHeadOf(turkish)).readsInOwnLanguage()
		second.sends("/reservations/new", "people", "60", "for", second.choice("for", theirs))
		second.sends("/reservations/new", "purpose", spring).sees(spring, "60").readsInOwnLanguage()

		// Linh is quicker. She books for her group.
		box := c.mailboxOf(linhsMail)
		linh.sends("/reservations/new", "people", "45", "for", linh.choice("for", friends))
		linh.sends("/reservations/new", "purpose", newYear).sees(newYear, "45", friends).readsInOwnLanguage()
		linh.sends("/reservations").sees(station, hall).readsInOwnLanguage()
		receipt := linh.receipt()
		asked := box.next()
		if asked.Lang != i18n.Vi || !strings.Contains(asked.Text, hall) {
			t.Errorf("the mail that her request has come is in %s:\n%s", asked.Lang, asked.Text)
		}

		// The clerk of 協働推進課 finds the request in the inbox, in Japanese,
		// and lets her have the hall.
		clerk := c.partOf("clerk")
		clerk.opens("/office").sends("/office", "q", receipt).sees(receipt, theHall).readsInOwnLanguage()
		clerk.pressesToward(`^/office\?`, theHall).pressesToward(`^/office/reservations/`, "")
		clerk.sees(newYear, "45", inJapan, linhsName).readsInOwnLanguage()
		clerk.sends(clerk.path() + "/approve")

		// The confirmation comes in Vietnamese, with an entry for her calendar.
		confirmed := box.next()
		if confirmed.Lang != i18n.Vi || !strings.Contains(confirmed.Text, hall) {
			t.Errorf("the confirmation is in %s:\n%s", confirmed.Lang, confirmed.Text)
		}
		hallIsInTheCalendar(t, confirmed.Attachments)

		// The second group is told in Turkish that the hall is gone. Nothing that
		// was typed is lost, and the nearest free times are one press away.
		second.sends("/reservations")
		if second.page.Status != 409 {
			t.Errorf("the second group meets %d", second.page.Status)
		}
		second.page.Has("Bu saati az önce başkası ayırdı.", "Yazdıklarınız duruyor.", "Yakındaki boş seçenekler")
		second.readsInOwnLanguage()
		again := second.page.Form("/reservations/new")
		if got := again.Values.Get("purpose") + "/" + again.Values.Get("people"); got != spring+"/60" {
			t.Errorf("what the second group typed has become %q", got)
		}
		if again.Values.Get("slot") == "" {
			t.Error("no other time is offered")
		}
		second.arrives(second.tab.Submit(again)).sees(spring, "60").readsInOwnLanguage()
		second.sends("/reservations").sees(merkez, theirs).readsInOwnLanguage()

		// A man without a phone comes to the counter. The clerk books for him.
		clerk.opens("/office/people").sends("/office/people", "q", "タカハシ ショウキチ").sees(takahashi)
		clerk.pressesToward(`^/office/people/[0-9a-z]{13}$`, "").sees(takahashi)
		clerk.sends("/office/act-for")
		clerk.opens("/places/search?on=saturday&part=morning&people=8")
		clerk.pressesToward(`^/reservations/new\?.*from=540`, "").sees(takahashi)
		clerk.sends("/reservations/new", "people", "8", "for", clerk.choice("for", takahashi))
		clerk.sends("/reservations/new", "purpose", meetsHere).sees(meetsHere, takahashi)
		clerk.sends("/reservations").sees(takahashi)
		clerk.arrives(clerk.tab.Post("/behalf/stop", nil))

		// His confirmation waits to be printed, with readings above the kanji.
		c.waits("a letter to "+takahashi, func() bool {
			clerk.opens("/office/print")
			return strings.Contains(clerk.page.Text(), "予約しました")
		}, "print")
		clerk.pressesToward(`^/office/print/`, "予約しました")
		clerk.sees(takahashi)
		letter := strings.ReplaceAll(clerk.page.Text(), " ", "") // the text stands in pieces between its readings
		if !strings.Contains(letter, meetsHere) {
			t.Errorf("his letter does not say what he booked: %s", letter)
		}
		if !bytes.Contains(clerk.page.Body, []byte("<rt>")) {
			t.Errorf("his letter has no readings:\n%s", clerk.page.Body)
		}
	})
}

// hallIsInTheCalendar fails the story unless one attachment is a calendar that
// holds the hall on Saturday afternoon.
func hallIsInTheCalendar(t *testing.T, files []deliver.Attachment) {
	t.Helper()
	for _, f := range files {
		if !strings.HasSuffix(f.Name, ".ics") {
			continue
		}
		cal, err := ical.ParseCalendar(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatalf("the calendar cannot be read: %v\n%s", err, f.Data)
		}
		events := cal.Events()
		if len(events) != 1 {
			t.Fatalf("the calendar has %d entries:\n%s", len(events), f.Data)
		}
		start, err := events[0].GetStartAt()
		if err != nil {
			t.Fatal(err)
		}
		if start.UTC().Format("Mon 15:04") != "Sat 04:00" { // 13:00 in Tokyo
			t.Errorf("the calendar says %v", start)
		}
		if !bytes.Contains(f.Data, []byte(hall)) {
			t.Errorf("the calendar does not name the hall:\n%s", f.Data)
		}
		return
	}
	t.Errorf("the confirmation brings no calendar, only %d files", len(files))
}
