-- +goose Up

-- The five fields of collaboration. Texts are JSON: language to text.
CREATE TABLE fields (
    slug TEXT PRIMARY KEY,
    sort BIGINT NOT NULL,
    name TEXT NOT NULL,
    lead TEXT NOT NULL
);

-- One row a programme (事業). official is the description as the city's own
-- paper has it, and contact the name of the office that answers: an import
-- knows the office's name before groups know the office.
CREATE TABLE programmes (
    id {{id}},
    version BIGINT NOT NULL,
    slug TEXT NOT NULL,
    field TEXT NOT NULL REFERENCES fields (slug),
    sort BIGINT NOT NULL,
    office_id BIGINT NOT NULL,
    official TEXT NOT NULL,
    name TEXT NOT NULL,
    summary TEXT NOT NULL,
    audience TEXT NOT NULL,
    steps TEXT NOT NULL,
    partners TEXT NOT NULL,
    partner_work TEXT NOT NULL,
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    mail TEXT NOT NULL,
    hours TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX programmes_slug ON programmes (slug);

-- One row a finished thing. source_id is the thing's own id: recorded again,
-- the row is replaced. What a clerk entered has its own id there.
CREATE TABLE activities (
    id {{id}},
    version BIGINT NOT NULL,
    source_id BIGINT NOT NULL,
    programme_id BIGINT NOT NULL REFERENCES programmes (id),
    kind TEXT NOT NULL,
    on_date TEXT NOT NULL,
    minutes BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX activities_source ON activities (source_id);
CREATE INDEX activities_programme ON activities (programme_id, on_date, id);
CREATE INDEX activities_person ON activities (person_id, on_date) WHERE person_id <> 0;

-- Who took part: heads by age band and language.
CREATE TABLE activity_heads (
    activity_id BIGINT NOT NULL REFERENCES activities (id),
    age TEXT NOT NULL,
    lang TEXT NOT NULL,
    heads BIGINT NOT NULL,
    PRIMARY KEY (activity_id, age, lang)
);

-- Sums of the two tables above, kept in the same transaction. The row without
-- age carries acts and minutes, those with one carry heads. Writers of one
-- month spread over shards, so that they need not wait for each other.
CREATE TABLE record_months (
    programme_id BIGINT NOT NULL,
    month TEXT NOT NULL,
    shard BIGINT NOT NULL,
    age TEXT NOT NULL,
    lang TEXT NOT NULL,
    acts BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    heads BIGINT NOT NULL,
    PRIMARY KEY (programme_id, month, shard, age, lang)
);

-- The groups that took part, and how often.
CREATE TABLE record_groups (
    programme_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    acts BIGINT NOT NULL,
    last_on TEXT NOT NULL,
    PRIMARY KEY (programme_id, group_id)
);

INSERT INTO fields (slug, sort, name, lead) VALUES ('place', 1, '{"en": "Places to use", "fil": "Mga lugar na magagamit", "ja": "場の提供", "ja-easy": "使う場所", "ko": "장소 제공", "ne": "प्रयोग गर्ने ठाउँ", "tr": "Kullanıma açık yerler", "vi": "Nơi sinh hoạt chung", "zh-Hans": "提供场所", "zh-Hant": "提供場所"}', '{"en": "Meet, talk, rehearse: there are rooms here for what you do together.", "fil": "Magtipon, mag-usap, mag-ensayo: may mga silid dito para sa inyong grupo.", "ja": "集まる、話す、練習する。みなさんの活動に使える場所があります。", "ja-easy": "みんなで使える部屋があります。", "ko": "모이고, 이야기하고, 연습하는 곳. 함께 쓰는 공간이 있습니다.", "ne": "भेटघाट, छलफल, अभ्यास: तपाईंहरूको काम गर्ने ठाउँ यहाँ छ।", "tr": "Buluşmak, konuşmak, çalışmak için: birlikte yaptıklarınıza açık odalar burada.", "vi": "Gặp gỡ, trò chuyện, luyện tập: ở đây có phòng cho hoạt động chung của bạn.", "zh-Hans": "聚会、交流、练习，这里有大家都能使用的场地。", "zh-Hant": "聚會、交流、練習，這裡有大家都能使用的場地。"}');
INSERT INTO fields (slug, sort, name, lead) VALUES ('take', 2, '{"en": "First steps", "fil": "Unang hakbang", "ja": "きっかけづくり", "ja-easy": "始めるきっかけ", "ko": "참여 계기 만들기", "ne": "पहिलो पाइला", "tr": "İlk adımlar", "vi": "Bước khởi đầu", "zh-Hans": "参与的契机", "zh-Hant": "參與的契機"}', '{"en": "Find something you would like to try, and people to do it with.", "fil": "Humanap ng gusto mong subukan, at ng mga makakasama.", "ja": "やってみたいことを見つけて、仲間と出会うきっかけがここにあります。", "ja-easy": "やってみたいことを見つけます。仲間にも会えます。", "ko": "해 보고 싶은 일을 찾고, 함께할 사람을 만나 보세요.", "ne": "गर्न मन लागेको काम र सँगै गर्ने साथीहरू भेट्टाउनुहोस्।", "tr": "Denemek istediğiniz bir şeyi ve bunu birlikte yapacağınız insanları bulun.", "vi": "Tìm điều bạn muốn thử và những người cùng làm với bạn.", "zh-Hans": "找到想尝试的事，遇见一起做的伙伴。", "zh-Hant": "找到想嘗試的事，遇見一起做的夥伴。"}');
INSERT INTO fields (slug, sort, name, lead) VALUES ('watch', 3, '{"en": "Watching over", "fil": "Pagbabantay", "ja": "見守り", "ja-easy": "見守り", "ko": "돌봄과 지킴", "ne": "हेरचाह", "tr": "Gözetme", "vi": "Quan tâm lẫn nhau", "zh-Hans": "守望关怀", "zh-Hant": "守望關懷"}', '{"en": "Neighbours who keep a kind eye on one another in everyday life.", "fil": "Magkakapitbahay na nagmamalasakit sa isa''t isa araw-araw.", "ja": "いつもの暮らしの中で、お互いをそっと気にかけます。", "ja-easy": "近所の人を気にかけます。こまったとき気づけます。", "ko": "평소의 생활 속에서 서로를 살며시 살핍니다.", "ne": "दैनिक जीवनमा छिमेकीले छिमेकीको ख्याल राख्छन्।", "tr": "Günlük yaşamda birbirini kollayan komşular.", "vi": "Hàng xóm để ý đến nhau trong cuộc sống hằng ngày.", "zh-Hans": "在日常生活中，邻里之间彼此关照。", "zh-Hant": "在日常生活中，鄰里之間彼此關照。"}');
INSERT INTO fields (slug, sort, name, lead) VALUES ('help', 4, '{"en": "Mutual help", "fil": "Pagtutulungan", "ja": "助け合い", "ja-easy": "助け合い", "ko": "상부상조", "ne": "आपसी सहयोग", "tr": "Dayanışma", "vi": "Tương trợ", "zh-Hans": "邻里互助", "zh-Hant": "鄰里互助"}', '{"en": "In a disaster and on an ordinary day, people nearby stand by one another.", "fil": "Sa sakuna man o karaniwang araw, nagtutulungan ang magkakapitbahay.", "ja": "災害のときも、ふだんの暮らしも、近くの人どうしで支え合います。", "ja-easy": "災害の日も、いつもの日も、助け合います。", "ko": "재해 때도 평소에도, 가까운 이웃끼리 서로 돕습니다.", "ne": "विपत्तिमा होस् वा सामान्य दिनमा, नजिकका मानिसहरू एकअर्कालाई सघाउँछन्।", "tr": "Afette de sıradan günlerde de yakındakiler birbirine destek olur.", "vi": "Khi có thiên tai hay ngày thường, những người ở gần giúp đỡ lẫn nhau.", "zh-Hans": "灾害时也好，平日里也好，邻里之间互相扶持。", "zh-Hant": "災害時也好，平日裡也好，鄰里之間互相扶持。"}');
INSERT INTO fields (slug, sort, name, lead) VALUES ('ask', 5, '{"en": "Bringing together", "fil": "Pag-uugnay", "ja": "コーディネート", "ja-easy": "つなぐ相談", "ko": "이어 주기", "ne": "जोड्ने काम", "tr": "Buluşturma", "vi": "Kết nối", "zh-Hans": "牵线协调", "zh-Hant": "牽線協調"}', '{"en": "Tell us what you need or want to do. We find people, things and money to go with it.", "fil": "Sabihin ang kailangan o gusto ninyong gawin. Hahanap kami ng tao, gamit at pondo.", "ja": "困ったこと、やりたいことを聞かせてください。人・モノ・お金をつなぎます。", "ja-easy": "こまったことを話してください。助ける人をさがします。", "ko": "어려운 일이나 하고 싶은 일을 들려주세요. 사람·물건·자금을 이어 드립니다.", "ne": "तपाईंलाई के चाहिएको छ वा के गर्न मन छ, भन्नुहोस्। हामी मानिस, सामान र पैसासँग जोडिदिन्छौं।", "tr": "İhtiyacınızı ya da yapmak istediğinizi anlatın. Kişi, malzeme ve kaynak bulmaya yardım ederiz.", "vi": "Hãy kể điều bạn cần hoặc muốn làm. Chúng tôi kết nối người, đồ dùng và kinh phí.", "zh-Hans": "请告诉我们您的困难或想法，我们帮您联系人、物、资金。", "zh-Hant": "請告訴我們您的困難或想法，我們幫您聯繫人、物、資金。"}');
