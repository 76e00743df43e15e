// Package cast gives the demo city the rules of a city like Kawaguchi: halls by
// lot three months ahead, meeting rooms first come, fees by the band, and a new
// rule that is still to come.
package cast

import (
	"context"
	"time"

	"kakehashi/domains/places/rules"
	"kakehashi/engines/draw"
	"kakehashi/engines/jp"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
)

const (
	nine  = 9 * 60 // minutes after midnight
	hour  = 60     // minutes
	years = 2      // for which the rules have held
)

// Fill writes the rules. It needs "person:clerk" where there is one.
func Fill(ctx context.Context, d *module.Demo) error {
	return d.DB.Write(ctx, db.Actor{Person: d.Refs["person:clerk"], Via: "demo"}, func(tx *db.Tx) error {
		since := jp.NewDate(jp.FiscalYear(d.Today)-years, time.April, 1)
		for _, body := range bodies() {
			r := rules.Rule{Kind: body.Kind(), From: since, Body: body, Note: "施設の設置及び管理に関する条例・同施行規則"}
			if _, err := rules.Enter(tx, r); err != nil {
				return err
			}
		}
		return coming(tx, d)
	})
}

// bodies are what holds today.
func bodies() []rules.Body {
	return []rules.Body{
		rules.Access{Alone: true, Outside: true, PerDay: 4},
		rules.Opening{Lines: []rules.OpeningLine{
			{Classes: []string{"hall"}, Before: 3, Day: 20, Minute: nine, Lead: 24 * hour},
			{Kinds: []string{""}, Before: 1, Day: 1, Minute: nine, Lead: hour / 2},
			{Before: 2, Day: 1, Minute: nine, Lead: hour / 2},
		}},
		rules.Draw{Lines: []rules.DrawLine{{
			Classes: []string{"hall"}, Before: 3, From: 1, Until: 10, On: 11, Entries: 3, Wins: 2, Wishes: 5, Sets: true, Confirm: 7,
			Tiers:  []rules.Tier{{Resident: true}},
			Source: draw.Typed, What: "抽選日のナンバーズ4の当せん番号", Wait: 7, Overlap: 50,
		}}},
		fees(),
		rules.Reductions{Lines: []rules.Reduction{
			{Name: text("町会・自治会、自主防災組織の活動", "町会や 自主防災組織", "Neighbourhood associations and disaster groups", "町会、自主防灾组织", "町會、自主防災組織", "자치회·자주방재조직", "Hội khu phố, tổ phòng chống thiên tai", "Samahan ng magkakapitbahay at pangkat sa sakuna", "Mahalle dernekleri ve afet grupları", "टोल सङ्घ र विपद् समूह"),
				Kinds: []string{"association", "disaster_org"}, Percent: 100, Extras: true},
			{Name: text("市民団体・NPOの福祉と子育て", "グループの 助け合いと 子どもの こと", "Welfare and children, by citizens' groups and NPOs", "市民团体、NPO 的福利与育儿活动", "市民團體、NPO 的福利與育兒活動", "시민단체·NPO의 복지와 육아", "Phúc lợi và trẻ em của nhóm dân cư, NPO", "Kapakanan at mga bata, ng mga grupo at NPO", "Grupların sosyal yardım ve çocuk çalışmaları", "नागरिक समूह र NPO का कल्याण र बालबालिका"),
				Kinds: []string{"civic", "npo", "senior_club"}, Uses: []rules.Use{"child", "welfare"}, Percent: 100},
			{Name: text("登録した市民団体・NPO", "登録した グループと NPO", "Registered citizens' groups and NPOs", "已登记的市民团体、NPO", "已登記的市民團體、NPO", "등록 시민단체·NPO", "Nhóm dân cư, NPO đã đăng ký", "Rehistradong grupo at NPO", "Kayıtlı gruplar ve NPO'lar", "दर्ता समूह र NPO"),
				Kinds: []string{"civic", "npo", "senior_club", "student", "school"}, Percent: 50},
		}},
		rules.Payment{Within: 14, Before: 3, Methods: []string{"counter", "bank", "online"}, Bank: "かけはし銀行 川口支店 普通 1234567 カワグチシ"},
		rules.Refunds{Tiers: []rules.Refund{{Days: 30, Percent: 100}, {Days: 7, Percent: 50}}},
		rules.Penalties{NoShow: 3, Late: 1, LateDays: 3, Unconfirmed: 1, Limit: 5, Window: 12, Months: 3},
		rules.Reopening{Hold: 48, RestFrom: 4, RestTo: 72, DayFrom: nine, DayTo: 20 * hour},
	}
}

// fees: rooms cost what their page says; what is added stands here.
func fees() rules.Fees {
	hall := []string{"hall"}
	return rules.Fees{
		Surcharges: []rules.Surcharge{
			{When: "admission", Percent: 50}, {When: "admission", Over: 1000, Percent: 100}, {When: "admission", Over: 3000, Percent: 150},
			{When: "commercial", Percent: 200}, {When: "admission_commercial", Percent: 300},
			{When: "after_hours", Percent: 30}, {When: "outside", Percent: 50},
		},
		Extras: []rules.Extra{
			{Key: "heating", Name: text("暖房", "暖房", "Heating", "暖气", "暖氣", "난방", "Sưởi", "Pampainit", "Isıtma", "तताउने"), Classes: hall, Months: []int{11, 12, 1, 2, 3}, Always: true, Per: "band", Yen: 500},
			{Key: "cooling", Name: text("冷房", "冷房", "Cooling", "冷气", "冷氣", "냉방", "Điều hòa", "Pampalamig", "Soğutma", "चिस्याउने"), Classes: hall, Months: []int{7, 8, 9}, Always: true, Per: "band", Yen: 500},
			{Key: "piano", Name: text("ピアノ", "ピアノ", "Piano", "钢琴", "鋼琴", "피아노", "Đàn piano", "Piyano", "Piyano", "पियानो"), Classes: hall, Per: "band", Yen: 1000},
			{Key: "projector", Name: text("プロジェクター", "プロジェクター", "Projector", "投影仪", "投影機", "프로젝터", "Máy chiếu", "Projector", "Projektör", "प्रोजेक्टर"), Per: "use", Yen: 300},
			{Key: "mic", Name: text("ワイヤレスマイク", "マイク", "Wireless microphone", "无线麦克风", "無線麥克風", "무선 마이크", "Micro không dây", "Wireless na mikropono", "Kablosuz mikrofon", "ताररहित माइक"), Per: "use", Yen: 200, Most: 4},
		},
	}
}

// coming: from next April a holder has fewer at once, which is decided; and a
// draft asks for earlier cancellations.
func coming(tx *db.Tx, d *module.Demo) error {
	april := jp.NewDate(jp.FiscalYear(d.Today)+1, time.April, 1)
	access := rules.Access{Alone: true, Outside: true, PerDay: 3, PerMonth: 30}
	if _, err := rules.Enter(tx, rules.Rule{Kind: rules.KindAccess, From: april, Body: access, Note: "予約できない団体が増えたため、1日と1か月の数を決める。"}); err != nil {
		return err
	}
	_, err := rules.Save(tx, rules.Rule{
		Kind: rules.KindRefunds, From: april, State: rules.Draft, Note: "近隣市に合わせる案。",
		Body: rules.Refunds{Tiers: []rules.Refund{{Days: 60, Percent: 100}, {Days: 14, Percent: 50}}},
	})
	return err
}

// text is a name in the ten languages, in their order.
func text(names ...string) i18n.Text {
	out := i18n.Text{}
	for i, l := range i18n.Langs {
		out[l] = names[i]
	}
	return out
}
