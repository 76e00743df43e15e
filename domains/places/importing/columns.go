package importing

import "kakehashi/platform/table"

// The columns that become fields, by their names in the standard layout.
const (
	colCode        = "全国地方公共団体コード"
	colID          = "ID"
	colGovernment  = "地方公共団体名"
	colName        = "名称"
	colKana        = "名称_カナ"
	colEnglish     = "名称_英字"
	colAddress     = "所在地_連結表記"
	colPrefecture  = "所在地_都道府県"
	colCity        = "所在地_市区町村"
	colTown        = "所在地_町字"
	colBlock       = "所在地_番地以下"
	colBuilding    = "建物名等(方書)"
	colLat         = "緯度"
	colLng         = "経度"
	colPhone       = "電話番号"
	colMail        = "連絡先メールアドレス"
	colPostal      = "郵便番号"
	colDays        = "利用可能曜日"
	colOpens       = "開始時間"
	colCloses      = "終了時間"
	colHoursNote   = "利用可能時間特記事項"
	colDescription = "説明"
	colURL         = "URL"
)

// column is one of the standard layout: plain ones are kept as they are.
type column struct {
	name    string
	aliases []string
	access  string // key of facility.Accesses
	field   bool   // becomes a field of the facility
}

// standard are the columns of 公共施設一覧 in their order, with the names that other
// files give them: the recommended data set of before, and one prefecture's own
// spelling.
var standard = []column{
	{name: colCode, field: true, aliases: []string{"都道府県コード又は市区町村コード", "市区町村コード", "団体コード"}},
	{name: colID, field: true, aliases: []string{"NO", "番号"}},
	{name: colGovernment},
	{name: colName, field: true, aliases: []string{"施設名", "施設名称", "公共施設名"}},
	{name: colKana, field: true, aliases: []string{"名称_フリガナ", "施設名_カナ"}},
	{name: colEnglish, field: true, aliases: []string{"名称_英語"}},
	{name: "名称_通称"},
	{name: "POIコード"},
	{name: "外部識別子"},
	{name: "外部識別子の値"},
	{name: "所在地_全国地方公共団体コード"},
	{name: "町字ID"},
	{name: colAddress, field: true, aliases: []string{"住所", "所在地"}},
	{name: colPrefecture, aliases: []string{"都道府県名"}},
	{name: colCity, aliases: []string{"市区町村名"}},
	{name: colTown, field: true, aliases: []string{"町字"}},
	{name: colBlock},
	{name: colBuilding, field: true, aliases: []string{"方書", "建物名等"}},
	{name: colLat, field: true},
	{name: colLng, field: true},
	{name: "高度の種別"},
	{name: "高度の値"},
	{name: colPhone, field: true, aliases: []string{"連絡先電話番号", "TEL"}},
	{name: "内線番号", aliases: []string{"連絡先内線番号"}},
	{name: colMail, field: true, aliases: []string{"メールアドレス"}},
	{name: "連絡先FormURL"},
	{name: "連絡先備考（その他、SNSなど）"},
	{name: colPostal, field: true},
	{name: "法人番号"},
	{name: "団体名"},
	{name: colDays, field: true},
	{name: colOpens, field: true, aliases: []string{"開館時間"}},
	{name: colCloses, field: true, aliases: []string{"閉館時間"}},
	{name: colHoursNote, field: true, aliases: []string{"利用可能日時特記事項"}},
	{name: colDescription, field: true},
	{name: "車椅子可", access: "wheelchair"},
	{name: "車椅子貸出", access: "wheelchair_loan"},
	{name: "ツエ貸出", access: "cane_loan"},
	{name: "バリアフリートイレ", access: "toilet", aliases: []string{"多目的トイレ"}},
	{name: "スロープ、エレベータ、エスカレータ", access: "lift"},
	{name: "点字ブロック等の移動支援", access: "tactile"},
	{name: "点字や読上による支援", access: "braille"},
	{name: "盲導犬・介助犬、聴導犬同伴", access: "dogs"},
	{name: "字幕", access: "captions"},
	{name: "筆談対応", access: "writing"},
	{name: "優先駐車場", access: "parking"},
	{name: "オストメイト対応トイレ", access: "ostomate"},
	{name: "授乳室", access: "nursing"},
	{name: "おむつ替えコーナー", access: "diapers"},
	{name: "飲食可否", access: "food"},
	{name: "ベビーカー貸出", access: "stroller_loan"},
	{name: "ベビーカー利用", access: "stroller"},
	{name: colURL, field: true},
	{name: "画像"},
	{name: "画像_ライセンス"},
	{name: "備考"},
}

// columns are the standard ones as platform/table matches them. A file needs
// names; everything else it may lack.
func columns() table.Columns {
	out := make(table.Columns, len(standard))
	for i, c := range standard {
		out[i] = table.Column{Name: c.name, Aliases: c.aliases, Required: c.name == colName}
	}
	return out
}

// header is the head of an exported file.
func header(extra []string) []string {
	out := make([]string, 0, len(standard)+len(extra))
	for _, c := range standard {
		out = append(out, c.name)
	}
	return append(out, extra...)
}
