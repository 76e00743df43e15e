package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed messages/*.toml
var messages embed.FS

// Migrations returns the tables of the log.
func Migrations() db.Migrations { return db.Migrations{Name: "audit", FS: migrations} }

// Messages returns the texts of this package in every language.
func Messages() i18n.Source { return i18n.Source{Name: "audit", FS: messages} }

// Entry is what a change or a sensitive read tells the log. Who, on behalf of
// whom, by which way and when come from the transaction.
type Entry struct {
	Action  string            // "places.reserve"; a sensitive read ends in ".read"
	Subject string            // what kind of thing: "reservation"
	ID      db.ID             // which one
	Person  db.ID             // the person it concerns, 0 when none
	Detail  map[string]string // a few short values; never sensitive plain text
}

// ActionKey returns the message key of an action's name, as "my data" and the
// operator's lists show it: "places.reserve" is "places.audit.reserve", so that
// each module brings the words for its own actions.
func ActionKey(action string) string {
	module, rest, _ := strings.Cut(action, ".")
	return module + ".audit." + rest
}

// ViaKey returns the message key of the way a change came in, for lists.
//
//i18n:uses audit.via.*
func ViaKey(via string) string { return "audit.via." + via }

// Record writes the entry with the change it tells of: one insert.
func Record(tx *db.Tx, e Entry) error {
	_, err := tx.Exec(`INSERT INTO audit_pending (id, at, actor, behalf, via, action, subject, subject_id, person, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(db.NewID()), db.Micros(tx.Now), int64(tx.Actor.Person), int64(tx.Actor.OnBehalfOf), tx.Actor.Via,
		e.Action, e.Subject, int64(e.ID), int64(e.Person), encodeDetail(e.Detail))
	return err
}

// encodeDetail writes the map as JSON with sorted keys, "" when it is empty.
// It is written by hand because it runs inside every change.
func encodeDetail(d map[string]string) string {
	if len(d) == 0 {
		return ""
	}
	var few [8]string
	keys := slices.AppendSeq(few[:0], maps.Keys(d))
	slices.Sort(keys)
	b := make([]byte, 0, 64*len(keys))
	for i, k := range keys {
		b = append(b, "{,"[min(i, 1)])
		b = appendJSON(b, k)
		b = append(b, ':')
		b = appendJSON(b, d[k])
	}
	return string(append(b, '}'))
}

// appendJSON writes s as a JSON string (RFC 8259). Bytes that are not UTF-8,
// and the zero that PostgreSQL cannot hold, become U+FFFD.
func appendJSON(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == 0:
			b = utf8.AppendRune(b, utf8.RuneError)
		case r < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

func decodeDetail(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil
	}
	var d map[string]string
	return d, json.Unmarshal([]byte(s), &d)
}

// row is one entry as it is stored.
type row struct {
	seq                   int64
	id, at, actor, behalf int64
	via, action, subject  string
	subjectID, person     int64
	detail                string
	salt, detailHash      []byte
	erasedAt              int64
}

// columns of audit_pending, and the first of audit_entries after seq.
const columns = `id, at, actor, behalf, via, action, subject, subject_id, person, detail`

func (r *row) scanPending() []any {
	return []any{&r.id, &r.at, &r.actor, &r.behalf, &r.via, &r.action, &r.subject, &r.subjectID, &r.person, &r.detail}
}

func (r *row) scanSealed() []any {
	return append(append([]any{&r.seq}, r.scanPending()...), &r.salt, &r.detailHash, &r.erasedAt)
}

// saltLen is the length of a detail's salt in bytes: enough that an erased
// detail cannot be guessed back from its hash.
const saltLen = 16

// saltDetail binds the detail by a salted hash, so that erasing detail and salt
// later leaves the entry's own hash as it was. An empty detail needs neither.
func (r *row) saltDetail() {
	r.salt, r.detailHash = []byte{}, []byte{}
	if r.detail == "" {
		return
	}
	r.salt = make([]byte, saltLen)
	rand.Read(r.salt)
	r.detailHash = hashDetail(r.salt, r.detail)
}

// hashDetail is SHA-256 over salt and detail.
func hashDetail(salt []byte, detail string) []byte {
	h := sha256.New()
	h.Write(salt)
	h.Write([]byte(detail))
	return h.Sum(nil)
}

// canonicalV1 opens the canonical text of every entry, so that another text
// can never be mistaken for one.
const canonicalV1 = "kakehashi audit entry 1\n"

// canonical is what the tree proves of an entry: canonicalV1; id, at (µs since
// 1970 UTC), actor, behalf, subject id and person as 8 bytes each, big-endian;
// then via, action, subject and the detail's salted hash, each after its length
// as an unsigned varint.
func (r *row) canonical(b []byte) []byte {
	b = append(b[:0], canonicalV1...)
	for _, v := range [...]int64{r.id, r.at, r.actor, r.behalf, r.subjectID, r.person} {
		b = binary.BigEndian.AppendUint64(b, uint64(v))
	}
	for _, s := range [...]string{r.via, r.action, r.subject} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	b = binary.AppendUvarint(b, uint64(len(r.detailHash)))
	return append(b, r.detailHash...)
}

// leaf is the entry's hash in the tree (RFC 6962, section 2.1).
func (r *row) leaf(buf []byte) (tlog.Hash, []byte) {
	buf = r.canonical(buf)
	return tlog.RecordHash(buf), buf
}

// line is the entry as lists show it.
func (r *row) line() (Line, error) {
	d, err := decodeDetail(r.detail)
	return Line{
		Seq: r.seq, ID: db.ID(r.id), At: db.Time(r.at), Actor: db.ID(r.actor), OnBehalfOf: db.ID(r.behalf),
		Via: r.via, Action: r.action, Subject: r.subject, SubjectID: db.ID(r.subjectID), Person: db.ID(r.person),
		Detail: d, Erased: r.erasedAt != 0,
	}, err
}

// Line is one entry as the lists show it.
type Line struct {
	Seq        int64 // place in the tree, from 0; -1 while pending
	ID         db.ID // of the entry itself; time-ordered
	At         time.Time
	Actor      db.ID // 0 is the system
	OnBehalfOf db.ID
	Via        string // web, api, cli, job, demo or system
	Action     string
	Subject    string
	SubjectID  db.ID
	Person     db.ID
	Detail     map[string]string
	Erased     bool // the detail was erased by a rule
}
