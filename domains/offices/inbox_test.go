package offices

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/inbox"
	"kakehashi/platform/table"
)

func TestInbox_AClerkSeesTheirOwnOfficeOnly(t *testing.T) {
	each(t, func(s *site) {
		mine := s.wait(ours, 11, "会議室1 あおぞら", s.today())
		other := s.wait(theirs, 12, "老人クラブ 更新", s.today())

		s.as(clerk).Get("/office").Want(http.StatusOK).Has("会議室1 あおぞら").Lacks("老人クラブ")
		s.as(stranger).Get("/office").Want(http.StatusOK).Has("老人クラブ").Lacks("会議室1")
		s.as(clerk).Get("/office?office=" + theirs.String()).Want(http.StatusOK).Lacks("老人クラブ")
		s.as(clerk).Get("/office?item=" + other.String()).Want(http.StatusNotFound)
		s.as(clerk).Get("/office?item=" + mine.String()).Want(http.StatusOK).Has("開いて決める")
		s.as(both).Get("/office").Want(http.StatusOK).Has("会議室1", "老人クラブ", "協働推進課", "長寿支援課")
		s.as(both).Get("/office?office=" + theirs.String()).Want(http.StatusOK).Lacks("会議室1")
		s.as(resident).Get("/office").Want(http.StatusForbidden)

		page := s.as(clerk).Post("/office", url.Values{"id": {other.String()}, "do": {"take"}})
		page.Has("この件は、この課の受信箱にありません。")
		if it := s.item(other); it.Assignee != 0 {
			t.Errorf("somebody else's item was taken by %v", it.Assignee)
		}
		page = s.as(clerk).Post("/office", url.Values{"id": {other.String()}, "do": {"approve"}})
		page.Has("この件は、この課の受信箱にありません。")
		if it := s.item(other); !it.ClosedAt.IsZero() {
			t.Error("somebody else's item was decided")
		}
	})
}

func TestInbox_Filters(t *testing.T) {
	each(t, func(s *site) {
		late := s.wait(ours, 21, "きのうの申請", s.today().AddDays(-1))
		s.wait(ours, 22, "きょうの申請", s.today())
		s.wait(ours, 23, "来月の申請", s.today().AddDays(30))
		s.wait(ours, 24, "いつでもの申請", jp.Date{})
		s.write(func(tx *db.Tx) error { return inbox.Assign(tx, late, clerk) })
		c := s.as(clerk)

		c.Get("/office").Want(http.StatusOK).Has("きのうの申請", "きょうの申請", "来月の申請", "いつでもの申請", "今日まで 2", "期限すぎ 1", "全部 4", "期限なし")
		c.Get("/office?due=today").Has("きのうの", "きょうの").Lacks("来月の", "いつでもの")
		c.Get("/office?due=late").Has("きのうの").Lacks("きょうの", "来月の")
		c.Get("/office?who=mine").Has("きのうの", "田中 一郎").Lacks("きょうの")
		c.Get("/office?who=nobody").Has("きょうの").Lacks("きのうの")
		c.Get("/office?" + url.Values{"q": {"来月"}}.Encode()).Has("来月の").Lacks("きょうの")
		c.Get("/office?kind=groups.registration").Has("この条件の件はありません")
		s.write(func(tx *db.Tx) error { return inbox.Close(tx, "places.reservation", 23) })
		c.Get("/office").Lacks("来月の")
		c.Get("/office?state=closed").Has("来月の", "完了").Lacks("きょうの")
		c.Get("/office?state=all").Has("来月の", "きょうの")
	})
}

func TestInbox_SaysWhichOneCouldNotBeDone(t *testing.T) {
	each(t, func(s *site) {
		good := s.wait(ours, 31, "よい申請", s.today())
		bad := s.wait(ours, stubborn, "むずかしい申請", s.today())
		c := s.as(clerk)

		page := c.Post("/office?due=today", url.Values{"id": {good.String(), bad.String()}, "do": {"approve"}, "reason": {"書きかけの理由"}})
		page.Want(http.StatusConflict).Has("1件は終わりました。次の件は、まだです。", "むずかしい申請", "ほかの人が先に保存しました。")
		if !bytes.Contains(page.Body, []byte("書きかけの理由")) {
			t.Error("the typed reason is lost")
		}
		if it := s.item(good); it.ClosedAt.IsZero() {
			t.Error("the good one was not done")
		}
		if it := s.item(bad); !it.ClosedAt.IsZero() {
			t.Error("the bad one was closed")
		}

		c.Post("/office", url.Values{"do": {"approve"}}).Want(http.StatusUnprocessableEntity).Has("まだ何も選んでいません")
		again := s.wait(ours, 33, "もう一つの申請", s.today())
		c.Post("/office", url.Values{"id": {again.String()}, "do": {"refuse"}}).Want(http.StatusUnprocessableEntity).Has("理由を書いてください。")
		done := c.Post("/office?who=nobody", url.Values{"id": {again.String()}, "do": {"refuse"}, "reason": {"重なるため"}})
		done.Want(http.StatusSeeOther)
		if done.Location() != "/office?who=nobody" {
			t.Errorf("leads to %q, want the same view", done.Location())
		}
		c.Follow(done).Has("1件、終わりました。")
	})
}

func TestInbox_TakeGiveRelease(t *testing.T) {
	each(t, func(s *site) {
		id := s.wait(ours, 41, "ひきうける申請", s.today())
		c := s.as(clerk)
		form := url.Values{"id": {id.String()}}
		do := func(name string) url.Values {
			v := url.Values{"do": {name}, "id": form["id"]}
			return v
		}
		c.Follow(c.Post("/office", do("take"))).Has("田中 一郎")
		if it := s.item(id); it.Assignee != clerk {
			t.Fatalf("taken by %v", it.Assignee)
		}
		ask := c.Post("/office", do("give")).Want(http.StatusOK).Has("だれに頼みますか", "鈴木 花子")
		sent := c.Submit(ask.Form("/office"), "person", colleague.String(), "do", "assign")
		c.Follow(sent.Want(http.StatusSeeOther)).Has("鈴木 花子")
		if it := s.item(id); it.Assignee != colleague {
			t.Fatalf("given to %v", it.Assignee)
		}
		wrong := do("assign")
		wrong.Set("person", stranger.String())
		c.Post("/office", wrong).Want(http.StatusUnprocessableEntity).Has("この人は、この件の課の担当ではありません。")
		c.Post("/office", do("release")).Want(http.StatusSeeOther)
		if it := s.item(id); it.Assignee != 0 {
			t.Errorf("still with %v", it.Assignee)
		}
		c.Get("/office?item="+id.String()).Has("これまでのこと", "担当を決めました")
	})
}

func TestInbox_ExportHoldsWhatIsFiltered(t *testing.T) {
	s := one(t)
	s.wait(ours, 51, "=会議室1", s.today())
	s.wait(ours, 52, "来月の申請", s.today().AddDays(30))
	s.wait(theirs, 53, "よその申請", s.today())
	c := s.as(clerk)
	for _, format := range table.Formats {
		page := c.Get("/office/export/" + format.String() + "?due=today").Want(http.StatusOK)
		sheet, err := table.Read("inbox"+format.Ext(), bytes.NewReader(page.Body), table.Limits{})
		if err != nil {
			t.Fatalf("%v: %v", format, err)
		}
		if len(sheet.Rows) != 1 || sheet.Header[0] != "期限" || sheet.Rows[0][0] != s.today().String() || sheet.Rows[0][3] != "協働推進課" {
			t.Errorf("%v: %v %v", format, sheet.Header, sheet.Rows)
		}
		if !strings.Contains(sheet.Rows[0][1], "会議室1") {
			t.Errorf("%v: title %q", format, sheet.Rows[0][1])
		}
		if name := page.Header.Get("Content-Disposition"); !strings.Contains(name, "inbox-"+s.today().String()+format.Ext()) {
			t.Errorf("%v: saved as %q", format, name)
		}
	}
	c.Get("/office/export/pdf").Want(http.StatusNotFound)
}

func TestInbox_PagesByKey(t *testing.T) {
	s := one(t)
	for i := range 120 {
		s.wait(ours, db.ID(1000+i), "申請"+db.ID(1000+i).String(), s.today().AddDays(i%7))
	}
	c := s.as(clerk)
	seen := map[string]int{}
	path := "/office?due=week"
	for pages := 0; path != ""; pages++ {
		if pages > 5 {
			t.Fatal("the pages never end")
		}
		page := c.Get(path).Want(http.StatusOK)
		path = ""
		for _, l := range page.Links() {
			u, err := url.Parse(l)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if id := q.Get("item"); id != "" {
				seen[id]++
			} else if q.Get("at") != "" && u.Path == "/office" {
				path = l
			}
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d items over all pages, want 120", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s shown %d times", id, n)
		}
	}
}

func TestInbox_QuietWhenEmpty(t *testing.T) {
	s := one(t)
	s.as(clerk).Get("/office").Want(http.StatusOK).Has("待っている件はありません")
	s.as(clerk).Get("/office?due=late").Want(http.StatusOK).Has("この条件の件はありません", "全部を見る")
}
