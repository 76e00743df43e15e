package offices

import (
	"context"
	"fmt"
	"html"
	"time"

	"kakehashi/domains/offices/city"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/deliver/paper"
	"kakehashi/platform/fault"
	"kakehashi/platform/i18n"
	"kakehashi/platform/inbox"
	"kakehashi/platform/module"
)

// demoCity is Kawaguchi as its own pages would name it. The phone number is
// invented.
var demoCity = city.City{
	Name: i18n.Text{
		i18n.Ja: "川口市", i18n.JaEasy: "川口市", i18n.En: "Kawaguchi City", i18n.ZhHans: "川口市", i18n.ZhHant: "川口市",
		i18n.Ko: "가와구치시", i18n.Vi: "Thành phố Kawaguchi", i18n.Fil: "Lungsod ng Kawaguchi", i18n.Tr: "Kawaguchi Belediyesi", i18n.Ne: "कावागुची नगर",
	},
	Office: i18n.Text{
		i18n.Ja: "市民生活部 協働推進課", i18n.JaEasy: "協働推進課（市民のみなさんと一緒に活動する課）",
		i18n.En: "Citizen Collaboration Division", i18n.ZhHans: "市民生活部 协动推进课", i18n.ZhHant: "市民生活部 協働推進課",
		i18n.Ko: "시민생활부 협동추진과", i18n.Vi: "Phòng Xúc tiến Hợp tác với Người dân", i18n.Fil: "Dibisyon ng Pakikipagtulungan sa Mamamayan",
		i18n.Tr: "Vatandaşla İş Birliği Şubesi", i18n.Ne: "नागरिक सहकार्य प्रवर्द्धन शाखा",
	},
	Hours: i18n.Text{
		i18n.Ja: "平日 8:30〜17:15", i18n.JaEasy: "月曜日から金曜日 午前8時30分から午後5時15分まで", i18n.En: "Mon–Fri 8:30 am – 5:15 pm",
		i18n.ZhHans: "周一至周五 8:30–17:15", i18n.ZhHant: "週一至週五 8:30–17:15", i18n.Ko: "평일 8:30–17:15",
		i18n.Vi: "Thứ Hai – thứ Sáu, 8:30–17:15", i18n.Fil: "Lunes–Biyernes, 8:30 am – 5:15 pm", i18n.Tr: "Hafta içi 8.30–17.15", i18n.Ne: "सोम–शुक्र 8:30–17:15",
	},
	Phone: "048-000-1000",
	Code:  "112038",
}

// taken is how many of every ten items of the clerk's office the clerk of the
// demo has taken on.
const taken = 3

// demo names the city, and lets the clerk have taken on part of what waits, as
// desks look on any day.
func (o *Offices) demo(ctx context.Context, d *module.Demo) (err error) {
	defer fault.Wrap(&err, "offices.demo")
	err = d.DB.Write(ctx, db.Actor{Via: "demo"}, func(tx *db.Tx) error {
		known, err := city.Get(tx)
		if err != nil || known.Version > 0 {
			return err
		}
		return city.Save(tx, demoCity, "demo")
	})
	if err != nil {
		return err
	}
	clerk, office := d.Refs["person:clerk"], d.Refs["office:kyodo"]
	if clerk == 0 || office == 0 {
		return nil
	}
	return d.DB.Write(ctx, db.Actor{Person: clerk, Via: "demo"}, func(tx *db.Tx) error {
		list, err := inbox.List(tx, inbox.Filter{Offices: []db.ID{office}, Unassigned: true, Limit: 100})
		if err != nil {
			return err
		}
		for i, it := range list.Items {
			if err := age(tx, it.ID, i); err != nil {
				return err
			}
			if i%10 >= taken {
				continue
			}
			if err := inbox.Assign(tx, it.ID, clerk); err != nil {
				return err
			}
		}
		return o.letters(tx, d, office)
	})
}

// age lets an item have come in some days ago, and its due date press as on a
// desk where work goes on: of seven, one is overdue and two are due today. The
// modules have opened everything within the last second.
func age(tx *db.Tx, item db.ID, i int) error {
	today := jp.DateOf(tx.Now)
	days, due := i%3, today.AddDays(2+i%5)
	switch i % 7 {
	case 0:
		days, due = 4, today.AddDays(-1)
	case 1, 2:
		days, due = 3, today
	}
	opened := tx.Now.Add(-time.Duration(days)*24*time.Hour - time.Duration(7*i)*time.Minute)
	_, err := tx.Exec(`UPDATE inbox_items SET opened_at = $1, due = $2 WHERE id = $3`, opened, due.String(), item)
	return err
}

// letters lets something wait for the printer: for somebody who has no mail.
func (o *Offices) letters(tx *db.Tx, d *module.Demo, office db.ID) error {
	to := d.Refs["person:noaccount"]
	if to == 0 || o.names == nil {
		return nil
	}
	names, err := o.names(tx, []db.ID{to})
	if err != nil {
		return err
	}
	loc := o.deps.Catalog.For(i18n.Ja)
	const title = "ふれあい茶話会のご案内"
	return paper.Add(tx, paper.Page{
		ID: db.NewID(), Person: to, Office: office, Kind: "offices.letter", Name: names[to], Lang: i18n.Ja, Title: title,
		HTML: fmt.Sprintf(demoLetter, loc.DateLong(d.Today), html.EscapeString(names[to]), title, loc.Date(d.Today.AddDays(12))),
	})
}

// demoLetter is a letter with readings over its kanji, as package deliver sets
// one: date, addressee, title, the day of the event.
const demoLetter = `<article class="letter" lang="ja"><header><p class="letter-date">%s</p><p class="letter-to">%s 様</p><p class="letter-from">川口市 協働推進課</p></header>
<h1>%s</h1><div class="letter-body"><p>いつもありがとうございます。</p>
<p>%sの<ruby>午後<rt>ごご</rt></ruby>1<ruby>時<rt>じ</rt></ruby>30<ruby>分<rt>ぷん</rt></ruby>から、<ruby>茶話会<rt>さわかい</rt></ruby>をひらきます。お<ruby>茶<rt>ちゃ</rt></ruby>をのみながら、ゆっくりお<ruby>話<rt>はなし</rt></ruby>ください。<ruby>申<rt>もう</rt></ruby>し<ruby>込<rt>こ</rt></ruby>みはいりません。</p>
<p>お<ruby>電話<rt>でんわ</rt></ruby> 048-000-1000</p></div></article>`
