package cast

import "kakehashi/platform/i18n"

// in makes a text of ten languages, in the order of i18n.Langs: ja, ja-easy, en,
// zh-Hans, zh-Hant, ko, vi, fil, tr, ne.
func in(words ...string) i18n.Text {
	t := make(i18n.Text, len(words))
	for i, w := range words {
		if w != "" {
			t[i18n.Langs[i]] = w
		}
	}
	return t
}

var stationName = in(
	"かわくち市民パートナーステーション", "かわくち市民パートナーステーション", "Kawaguchi Citizens' Partner Station",
	"川口市民伙伴站", "川口市民夥伴站", "가와구치 시민 파트너 스테이션", "Trạm Đối tác Người dân Kawaguchi",
	"Kawaguchi Citizens' Partner Station", "Kawaguchi Yurttaş Ortaklık Merkezi", "कावागुची नागरिक साझेदार स्टेशन",
)

var stationText = in(
	"市民の集まりや活動のための場所です。会議、講座、練習、印刷に使えます。",
	"みんなの 活動に 使える 場所です。話し合いや 練習が できます。",
	"A place for residents to meet and be active: meetings, classes, rehearsals and printing.",
	"供市民聚会和开展活动的场所，可用于开会、讲座、排练和印刷。",
	"供市民聚會和舉辦活動的場所，可用於開會、講座、排練和印刷。",
	"시민의 모임과 활동을 위한 공간입니다. 회의, 강좌, 연습, 인쇄에 쓸 수 있습니다.",
	"Nơi người dân gặp gỡ và hoạt động: họp, lớp học, tập luyện và in ấn.",
	"Lugar para magtipon at kumilos ang mga residente: pulong, klase, ensayo at pag-imprenta.",
	"Sakinlerin buluştuğu ve etkinlik yaptığı yer: toplantı, kurs, prova ve baskı.",
	"बासिन्दाहरू भेटघाट र गतिविधि गर्ने ठाउँ: बैठक, कक्षा, अभ्यास र छपाइ।",
)

// The kinds of facility that the towns have; {} is the town.
var kinds = map[string]i18n.Text{
	"hall": in("{}公民館", "{}公民館", "{} Community Hall", "{}公民馆", "{}公民館", "{} 공민관", "Nhà văn hóa {}", "{} Community Hall", "{} Halk Evi", "{} सामुदायिक भवन"),
	"plaza": in("{}ふれあいプラザ", "{}ふれあいプラザ", "{} Friendship Plaza", "{}交流广场", "{}交流廣場", "{} 교류 플라자", "Trung tâm Giao lưu {}",
		"{} Friendship Plaza", "{} Buluşma Merkezi", "{} मैत्री प्लाजा"),
	"center": in("{}コミュニティセンター", "{}コミュニティセンター", "{} Community Centre", "{}社区中心", "{}社區中心", "{} 커뮤니티 센터", "Trung tâm Cộng đồng {}",
		"{} Community Center", "{} Toplum Merkezi", "{} सामुदायिक केन्द्र"),
	"sports": in("{}スポーツ会館", "{}スポーツ会館", "{} Sports Hall", "{}体育馆", "{}體育館", "{} 스포츠 회관", "Nhà thể thao {}", "{} Sports Hall", "{} Spor Salonu", "{} खेलकुद भवन"),
}

// The rooms; {} is a number where there are several.
var roomNames = map[string]i18n.Text{
	"meeting":  in("会議室{}", "会議室{}", "Meeting Room {}", "会议室{}", "會議室{}", "회의실 {}", "Phòng họp {}", "Silid-pulungan {}", "Toplantı Odası {}", "बैठक कोठा {}"),
	"activity": in("活動室", "活動室", "Activity Room", "活动室", "活動室", "활동실", "Phòng sinh hoạt", "Silid ng Aktibidad", "Etkinlik Odası", "गतिविधि कोठा"),
	"hall":     in("ホール", "ホール", "Hall", "多功能厅", "多功能廳", "홀", "Hội trường", "Bulwagan", "Salon", "हल"),
	"hall_a":   in("ホール（東側）", "ホールの 東がわ", "Hall, East Half", "多功能厅（东侧）", "多功能廳（東側）", "홀 (동쪽)", "Nửa hội trường phía đông", "Bulwagan, Silangang Kalahati", "Salonun Doğu Yarısı", "हलको पूर्वी आधा"),
	"hall_b":   in("ホール（西側）", "ホールの 西がわ", "Hall, West Half", "多功能厅（西侧）", "多功能廳（西側）", "홀 (서쪽)", "Nửa hội trường phía tây", "Bulwagan, Kanlurang Kalahati", "Salonun Batı Yarısı", "हलको पश्चिमी आधा"),
	"tatami":   in("和室", "和室（たたみの部屋）", "Tatami Room", "和室", "和室", "다다미방", "Phòng chiếu tatami", "Silid na Tatami", "Tatami Odası", "तातामी कोठा"),
	"print":    in("印刷室", "印刷室", "Printing Room", "印刷室", "印刷室", "인쇄실", "Phòng in", "Silid-imprentahan", "Baskı Odası", "छपाइ कोठा"),
	"kitchen":  in("調理室", "料理の部屋", "Kitchen", "烹饪室", "烹飪室", "조리실", "Phòng nấu ăn", "Kusina", "Mutfak", "भान्सा कोठा"),
	"music":    in("音楽室", "音楽室", "Music Room", "音乐室", "音樂室", "음악실", "Phòng âm nhạc", "Silid-musika", "Müzik Odası", "संगीत कोठा"),
	"class":    in("講座室", "講座の部屋", "Classroom", "讲座室", "講座室", "강좌실", "Phòng học", "Silid-aralan", "Derslik", "कक्षा कोठा"),
	"gym":      in("体育室", "体育室", "Gymnasium", "体育室", "體育室", "체육실", "Phòng thể dục", "Himnasyo", "Spor Salonu", "व्यायाम कोठा"),
	"parlour":  in("サロン", "サロン", "Lounge", "交流室", "交流室", "교류실", "Phòng giao lưu", "Lounge", "Sohbet Odası", "भेटघाट कोठा"),
}

var hallNote = in(
	"100人以上の催しでは、1か月前までに打ち合わせをお願いします。", "100人より多いときは、1か月前に話しましょう。",
	"For events of more than 100 people, please talk to us a month ahead.", "百人以上的活动，请提前一个月与我们商量。",
	"百人以上的活動，請提前一個月與我們商量。", "100명이 넘는 행사는 한 달 전까지 상의해 주세요.",
	"Với sự kiện trên 100 người, xin trao đổi với chúng tôi trước một tháng.", "Para sa kaganapang higit 100 katao, makipag-usap sa amin isang buwan bago nito.",
	"100 kişiyi aşan etkinlikler için lütfen bir ay önceden bizimle görüşün.", "१०० जनाभन्दा बढीको कार्यक्रमका लागि एक महिना अगाडि कुरा गर्नुहोस्।",
)

var yearEnd = in("年末年始", "お正月の休み", "New Year holidays", "年末年初", "年末年初", "연말연시", "Nghỉ Tết dương lịch", "Bakasyon ng Bagong Taon", "Yılbaşı tatili", "नयाँ वर्षको बिदा")

var inspection = in("設備の点検", "きかいを しらべる日", "Maintenance", "设备检修", "設備檢修", "시설 점검", "Kiểm tra thiết bị", "Pagsusuri ng kagamitan", "Bakım", "उपकरण जाँच")

var closingDay = in("休館日", "休みの日", "Closed day", "闭馆日", "閉館日", "휴관일", "Ngày đóng cửa", "Araw na sarado", "Kapalı gün", "बन्द हुने दिन")
