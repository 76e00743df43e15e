package money

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"kakehashi/engines/jp"
	"kakehashi/platform/audit"
	"kakehashi/platform/db"
	"kakehashi/platform/fault"
	"kakehashi/platform/table"
)

// The columns of a bank's statement (入出金明細), with the names banks give them.
var statementColumns = table.Columns{
	{Name: "day", Aliases: []string{"日付", "取引日", "お取引日", "年月日", "勘定日", "入金日", "起算日"}, Required: true},
	{Name: "amount", Aliases: []string{"入金額", "お預り金額", "お預入金額", "お預かり金額", "預入金額", "入金", "取引金額", "金額"}, Required: true},
	{Name: "out", Aliases: []string{"出金額", "お支払金額", "お引出金額", "お引出し", "引出金額", "出金"}},
	{Name: "words", Aliases: []string{"摘要", "お取扱内容", "内容", "取引内容", "振込依頼人名", "依頼人名", "摘要内容"}, Required: true},
	{Name: "more", Aliases: []string{"備考", "メモ", "EDI情報", "摘要2", "振込人"}},
}

// The reasons why a line of a statement fits no charge.
const (
	NoReference  = "money.bank.no_reference"
	UnknownOne   = "money.bank.unknown"
	OtherAmount  = "money.bank.amount"
	NothingOwed  = "money.bank.nothing_owed"
	SeveralNamed = "money.bank.several"
)

// bankLine is a line of a statement on its way in.
type bankLine struct {
	mark   string
	day    jp.Date
	amount int64
	words  string
}

// BankLine is a line of a statement that fits no charge.
type BankLine struct {
	ID     db.ID
	Day    jp.Date
	Amount int64
	Words  string
	Reason string // message key
}

// ImportStatement takes in a bank's statement: lines that name a charge of the
// office and the very amount it owes pay it; the others are kept with why they
// do not, and tried again when the statement comes again. Importing twice
// changes nothing.
func (x *Money) ImportStatement(ctx context.Context, actor db.Actor, office db.ID, sheet *table.Sheet) (sum table.Summary, err error) {
	defer fault.Wrap(&err, "ImportStatement(%v)", office)
	rows, err := sheet.Match(statementColumns)
	if err != nil {
		return sum, err
	}
	seen := map[string]int{}
	var lines []bankLine
	for rows.Next() {
		if rows.Get("amount") == "" { // money that went out
			continue
		}
		l := bankLine{day: rows.Date("day"), amount: rows.Int("amount"), words: strings.TrimSpace(rows.Get("words") + " " + rows.Get("more"))}
		if l.day.IsZero() && !rows.Refused() {
			rows.Refuse("day", table.Missing)
		}
		if rows.Refused() || l.amount <= 0 {
			continue
		}
		text := fmt.Sprintf("%v\x00%d\x00%s", l.day, l.amount, jp.Fold(l.words))
		seen[text]++
		hash := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", text, seen[text]))
		l.mark = hex.EncodeToString(hash[:16])
		lines = append(lines, l)
	}
	sum = rows.Summary()
	for part := range slices.Chunk(lines, 100) {
		var did table.Summary
		err := x.deps.DB.Write(ctx, actor, func(tx *db.Tx) error {
			did = table.Summary{}
			for _, l := range part {
				if err := x.line(tx, office, l, &did); err != nil {
					return err
				}
			}
			tx.Touch(Topic)
			return audit.Record(tx, audit.Entry{Action: "money.statement", Subject: "office", ID: office})
		})
		if err != nil {
			return sum, err
		}
		sum.Imported += did.Imported
		sum.Updated += did.Updated
		sum.Unchanged += did.Unchanged
	}
	return sum, nil
}

// line takes in one line. Imported counts lines seen for the first time, Updated
// those that fit a charge now.
func (x *Money) line(tx *db.Tx, office db.ID, l bankLine, sum *table.Summary) error {
	type known struct {
		id, charge db.ID
		reason     string
	}
	old, err := db.All(tx, func(k *known) []any { return []any{&k.id, &k.charge, &k.reason} },
		`SELECT id, charge_id, reason FROM bank_lines WHERE office_id = $1 AND mark = $2`, office, l.mark)
	if err != nil {
		return err
	}
	if len(old) == 1 && old[0].charge != 0 {
		sum.Unchanged++
		return nil
	}
	c, reason, err := fitting(tx, office, l)
	if err != nil {
		return err
	}
	id := db.NewID()
	switch {
	case len(old) == 0:
		sum.Imported++
		_, err = tx.Exec(`INSERT INTO bank_lines (id, office_id, mark, day, amount, words, charge_id, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, office, l.mark, l.day, l.amount, l.words, c.ID, reason)
	case c.ID == 0 && reason == old[0].reason:
		sum.Unchanged++
		return nil
	default:
		sum.Updated++
		_, err = tx.Exec(`UPDATE bank_lines SET charge_id = $2, reason = $3 WHERE id = $1`, old[0].id, c.ID, reason)
	}
	if err != nil || c.ID == 0 {
		return err
	}
	return x.receive(tx, c.ID, Bank, l.amount, "bank:"+office.String()+":"+l.mark)
}

// fitting finds the charge that a line pays, or the reason why it pays none.
func fitting(tx *db.Tx, office db.ID, l bankLine) (Charge, string, error) {
	refs := slices.Compact(slices.Sorted(slices.Values(ReferencesIn(l.words))))
	switch len(refs) {
	case 0:
		return Charge{}, NoReference, nil
	case 1:
	default:
		return Charge{}, SeveralNamed, nil
	}
	c, err := ByReference(tx, refs[0])
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && c.Office != office:
		return Charge{}, UnknownOne, nil
	case err != nil:
		return Charge{}, "", err
	case c.Owed() == 0:
		return Charge{}, NothingOwed, nil
	case c.Owed() != l.amount:
		return Charge{}, OtherAmount, nil
	}
	return c, "", nil
}

// Unmatched lists the lines of statements that fit no charge, the newest first.
func Unmatched(tx *db.Tx, office db.ID, before db.ID, limit int) (_ []BankLine, err error) {
	defer fault.Wrap(&err, "money.Unmatched(%v)", office)
	return db.All(tx, func(l *BankLine) []any { return []any{&l.ID, &l.Day, &l.Amount, &l.Words, &l.Reason} },
		`SELECT id, day, amount, words, reason FROM bank_lines
		WHERE office_id = $1 AND charge_id = 0 AND (CAST($2 AS BIGINT) = 0 OR id < $2) ORDER BY id DESC LIMIT $3`, office, before, limit)
}
