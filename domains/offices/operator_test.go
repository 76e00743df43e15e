package offices

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver"
	"kakehashi/platform/deliver/mail"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/i18n"
	"kakehashi/platform/jobs"
)

func TestOperator_VerifiesTheLogAndShowsTheOutcome(t *testing.T) {
	each(t, func(s *site) {
		c := s.as(runner)
		c.Get("/operator").Want(http.StatusOK).Has("まだ確かめていません。", "止まっているものはありません。", map[db.Engine]string{db.SQLite: "SQLite 3.", db.Postgres: "PostgreSQL "}[s.d.Engine()])
		s.as(clerk).Get("/operator").Want(http.StatusForbidden)
		s.write(func(tx *db.Tx) error {
			return audit.Record(tx, audit.Entry{Action: "offices.verify", Subject: "audit"})
		})
		if err := s.deps.Jobs.Start(t.Context(), jobs.Config{DB: s.d, Log: s.deps.Log}); err != nil {
			t.Fatal(err)
		}
		defer s.deps.Jobs.Stop(t.Context())
		c.Follow(c.Post("/operator/verify", nil)).Has("確かめ始めました。")
		s.eventually("the log is verified", func() bool { return strings.Contains(c.Get("/operator").Text(), "書きかえられていません") })
		c.Get("/operator").Has("件を読みました。", "offices.verify")
		c.Get("/operator/audit").Want(http.StatusOK).Has("記録の確認を頼んだ", runner.String())
	})
}

func TestOperator_DeadLetters(t *testing.T) {
	each(t, func(s *site) {
		retry, forget, lost := db.NewID(), db.NewID(), db.NewID()
		s.write(func(tx *db.Tx) error {
			for _, id := range []db.ID{retry, forget} {
				if _, err := tx.Exec(`INSERT INTO jobs (id, kind, args, unique_key, due, tries, max_tries, dead, error) VALUES ($1, 'places.sweep', '{}', '', 0, 3, 3, $2, 'no linh@example.jp')`, id, tx.Now); err != nil {
					return err
				}
			}
			_, err := tx.Exec(`INSERT INTO deliveries (id, person, kind, payload, address, lang, office, urgent, state, due, tries, error, ended)
				VALUES ($1, $2, 'places.reserved', '{}', '', '', 0, 0, 2, 0, 9, '550 <linh@example.jp> unknown', $3)`, lost, resident, tx.Now)
			return err
		})
		c := s.as(runner)
		c.Get("/operator").Has("何度試してもできなかったものがあります。")
		c.Get("/operator/jobs").Want(http.StatusOK).Has("places.sweep", "no …@…").Lacks("linh@example.jp")
		c.Follow(c.Post("/operator/jobs", url.Values{"id": {retry.String()}, "do": {"retry"}})).Has("1件、終わりました。")
		c.Follow(c.Post("/operator/jobs", url.Values{"id": {forget.String(), forget.String()}, "do": {"forget"}})).Has("あきらめたしごとはありません")
		var left, waiting int
		s.write(func(tx *db.Tx) error {
			return tx.Row(`SELECT COUNT(*), COUNT(CASE WHEN dead = 0 THEN 1 END) FROM jobs WHERE kind = 'places.sweep'`).Scan(&left, &waiting)
		})
		if left != 1 || waiting != 1 {
			t.Errorf("%d jobs left, %d waiting; want the retried one", left, waiting)
		}
		c.Post("/operator/jobs", url.Values{"id": {retry.String()}, "do": {"burn"}}).Want(http.StatusUnprocessableEntity)

		c.Get("/operator/deliveries").Want(http.StatusOK).Has("places.reserved", resident.String(), "550 <…@…> unknown").Lacks("linh@example.jp")
		c.Post("/operator/deliveries", url.Values{"id": {lost.String()}, "do": {"retry"}}).Want(http.StatusSeeOther)
		c.Get("/operator/deliveries").Has("届かなかったお知らせはありません")
		c.Get("/operator/audit").Has("あきらめたしごとを、もう一度試した", "届かなかったお知らせを、もう一度送った")
		c.Get("/operator/audit?by=actor&number=" + runner.String()).Has("あきらめたしごとを片づけた")
		c.Get("/operator/audit?by=person&number=" + runner.String()).Has("この条件の記録はありません")
		c.Get("/operator/audit?subject=job&on=" + forget.String()).Has("片づけた").Lacks("もう一度試した")
		c.Get("/operator/audit?number=zzz!").Has("番号は英数字13文字です。")
	})
}

func TestCity_TheSecondEditorSeesBoth(t *testing.T) {
	each(t, func(s *site) {
		c := s.as(runner)
		c.Get("/operator/city").Want(http.StatusOK).Has("まだありません")
		form := c.Get("/operator/city/name").Want(http.StatusOK).Form("/operator/city/name")
		c.Follow(c.Submit(form, "text_ja", "川口市", "text_vi", "Thành phố Kawaguchi")).Has("保存しました。", "Thành phố Kawaguchi")
		late := c.Submit(form, "text_ja", "川ぐち市")
		late.Want(http.StatusConflict).Has("ほかの人が先に保存しました。", "先に保存された内容", "川口市")
		if again := late.Form("/operator/city/name"); again.Values.Get("text_ja") != "川ぐち市" || again.Values.Get("version") != "1" {
			t.Errorf("the form holds %v", again.Values)
		}
		c.Submit(c.Get("/operator/city/name").Form("/operator/city/name"), "text_ja", "").Want(http.StatusUnprocessableEntity).Has("日本語は書いてください。")
		c.Submit(c.Get("/operator/city/contact").Form("/operator/city/contact"), "phone", "０４８（０００）１０００", "code", "11203").Want(http.StatusSeeOther)
		c.Get("/operator/city").Has("048-000-1000", "112038")
		c.Get("/operator/city/colour").Want(http.StatusNotFound)

		s.Client(t).Speak(i18n.Vi).Get("/about").Want(http.StatusOK).Has("Thành phố Kawaguchi", "048-000-1000", "Apache License 2.0")
		var name i18n.Text
		s.write(func(tx *db.Tx) (err error) { name, err = s.o.CityName(tx); return err })
		if name[i18n.Ja] != "川口市" {
			t.Errorf("mails come from %v", name)
		}
	})
}

func TestMailbox_ShowsOnesOwnAndSandboxesHTML(t *testing.T) {
	s := one(t)
	letter := db.NewID()
	session, err := mail.NewMailbox(s.d).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = session.Send(t.Context(), &deliver.Mail{
		ID: letter, Person: resident, To: "linh@example.jp", Lang: i18n.Vi, Kind: "people.code", Subject: "Mã: 123456", Text: "Mã của bạn.\n\nXin chào.",
		HTML: "<p>Mã</p>", Attachments: []deliver.Attachment{{Name: "phong.ics", Mime: "text/calendar", Data: []byte("BEGIN:VCALENDAR")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.as(resident).Get("/mailbox").Want(http.StatusOK).Has("Mã: 123456")
	s.as(clerk).Get("/mailbox").Want(http.StatusOK).Has("メールはまだありません").Lacks("Mã")
	anyone := s.Client(t)
	anyone.Get("/mailbox").Want(http.StatusOK).Lacks("Mã", "メールはまだありません")
	anyone.Get("/mailbox?to=linh@example.jp").Want(http.StatusOK).Has("Mã: 123456")
	path := "/mailbox/" + letter.String()
	anyone.Get(path).Want(http.StatusOK).Has("Mã của bạn.", "Xin chào.", "phong.ics", "カレンダーに入れられます")
	html := anyone.Get(path + "/html").Want(http.StatusOK)
	if csp := html.Header.Values("Content-Security-Policy"); len(csp) != 1 || !strings.HasPrefix(csp[0], "sandbox;") || strings.Contains(csp[0], "allow-") {
		t.Errorf("the mail's document is let do %q", csp)
	}
	file := anyone.Get(path + "/file/0").Want(http.StatusOK)
	if string(file.Body) != "BEGIN:VCALENDAR" || !strings.HasPrefix(file.Header.Get("Content-Type"), "text/calendar") || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the attachment: %v", file.Header)
	}
	anyone.Get(path + "/file/1").Want(http.StatusNotFound)
	anyone.Get(path + "/file/x").Want(http.StatusNotFound)
}

func TestPrint_OpensAndMarksOnesOwnLetters(t *testing.T) {
	each(t, func(s *site) {
		mine, anyones, others := db.NewID(), db.NewID(), db.NewID()
		s.write(func(tx *db.Tx) error {
			for id, office := range map[db.ID]db.ID{mine: ours, anyones: 0, others: theirs} {
				err := paper.Add(tx, paper.Page{ID: id, Person: resident, Office: office, Kind: "places.reserved", Name: "山田 太郎", Lang: i18n.Ja, Title: "手紙" + office.String(), HTML: `<article class="letter"><p>予約の確認</p></article>`})
				if err != nil {
					return err
				}
			}
			return nil
		})
		c := s.as(clerk)
		c.Get("/office/print").Want(http.StatusOK).Has("手紙"+ours.String(), "印刷前 2", "山田 太郎").Lacks("手紙" + theirs.String())
		c.Get("/office/print/"+mine.String()).Want(http.StatusOK).Has("予約の確認", "印刷した")
		c.Get("/office/print/" + others.String()).Want(http.StatusNotFound)
		c.Post("/office/print", url.Values{"do": {"printed"}, "id": {others.String()}}).Want(http.StatusNotFound)
		c.Post("/office/print", url.Values{"do": {"open"}}).Want(http.StatusUnprocessableEntity)
		sheet := c.Post("/office/print", url.Values{"do": {"open"}, "id": {mine.String(), anyones.String()}}).Want(http.StatusOK).Has("予約の確認")
		c.Follow(c.Post("/office/print", url.Values{"do": {"printed"}, "id": sheet.Form("/office/print").Values["id"]})).Has("2通に、印刷ずみのしるしを付けました。", "印刷する手紙はありません")
		c.Get("/office/print?state=closed").Has("手紙" + ours.String())
		c.Get("/office/print/" + mine.String()).Want(http.StatusNotFound)
		s.as(stranger).Get("/office/print").Has("手紙" + theirs.String())
		lines := 0
		s.write(func(tx *db.Tx) error {
			list, err := s.deps.Audit.BySubject(tx, "page", mine, audit.Page{})
			lines = len(list)
			return err
		})
		if lines < 3 {
			t.Errorf("%d lines in the log about a letter read twice and printed", lines)
		}
	})
}
