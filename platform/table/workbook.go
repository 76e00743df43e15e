package table

import (
	"archive/zip"
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"kakehashi/platform/fault"
)

// inMemory is how much of a workbook's sheets and strings is held unzipped in
// memory; larger parts go through temporary files.
const inMemory = 16 << 20

// readWorkbook reads the first visible sheet that is not blank.
func readWorkbook(b *builder, file []byte) (err error) {
	unreadable := func(err error) error { return fault.New(fault.Invalid, "table.unreadable").Because(err) }
	defer func() {
		// excelize trusts a workbook's parts to fit together; a forged one must not
		// take the program down.
		if p := recover(); p != nil {
			err = unreadable(fmt.Errorf("excelize: %v", p))
		}
	}()
	unzipped := unzippedTimes * b.limit.TotalBytes
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return unreadable(err)
	}
	var size uint64
	for _, part := range archive.File {
		size += part.UncompressedSize64 // archive/zip stops a part that grows beyond what it says
		if size > uint64(unzipped) || part.UncompressedSize64 > uint64(unzipped) {
			return tooLarge(b.limit)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(file), excelize.Options{
		UnzipSizeLimit:    unzipped,
		UnzipXMLSizeLimit: min(inMemory, unzipped),
	})
	if err != nil {
		return unreadable(err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	if err := showValues(f); err != nil {
		return unreadable(err)
	}
	for _, sheet := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(sheet); err != nil || !visible {
			continue
		}
		if err := readSheet(b, f, sheet); err != nil {
			if fault.Is(err, fault.Invalid) {
				return err
			}
			return unreadable(err)
		}
		if b.sheet.Header != nil {
			return nil
		}
	}
	return nil
}

func readSheet(b *builder, f *excelize.File, sheet string) (err error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	for line := 1; rows.Next(); line++ {
		row, err := rows.Columns()
		if err != nil {
			return err
		}
		if err := b.add(line, row); err != nil {
			return err
		}
	}
	return rows.Error()
}

// The codes that replace a workbook's own, so that dates and times read the same
// whatever they look like there.
const (
	dateCode    = `yyyy\-mm\-dd`
	timeCode    = `h:mm`
	elapsedCode = `[h]:mm` // goes past midnight, so 24:00 stays 24:00
	seconds     = `:ss`
)

// asStored is a number that no cell format has: excelize then shows the value.
const asStored = 1 << 20

// showValues rewrites the workbook's cell formats: dates and times to ours,
// padding zeros kept (a code shown as 011002 is meant so), and every other
// number as it is stored, without the ¥ and commas that only decorate it.
func showValues(f *excelize.File) error {
	if _, err := f.GetStyle(0); err != nil { // loads f.Styles
		return err
	}
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	for id, code := range builtIn {
		codes[id] = code
	}
	if f.Styles.NumFmts != nil {
		for _, custom := range f.Styles.NumFmts.NumFmt {
			if custom != nil {
				codes[custom.NumFmtID] = custom.FormatCode
			}
		}
	}
	ids := map[string]int{"": asStored}
	for i := range len(f.Styles.CellXfs.Xf) { // NewStyle adds to it
		old := f.Styles.CellXfs.Xf[i].NumFmtID
		if old == nil {
			continue
		}
		code := shown(codes[*old])
		id, ok := ids[code]
		if !ok {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				return err
			}
			id = *f.Styles.CellXfs.Xf[style].NumFmtID
			ids[code] = id
		}
		f.Styles.CellXfs.Xf[i].NumFmtID = &id
	}
	return nil
}

// builtIn are the dates and times among the formats that workbooks name by number
// alone (ECMA-376 part 1, 18.8.30, with the Japanese meaning of 27 to 58).
var builtIn = func() map[int]string {
	const date, clock = "y/m/d", "h:m"
	codes := map[int]string{22: date + " " + clock, 46: "[h]:m:s", 21: clock + ":s", 19: clock + ":s", 33: clock + ":s", 45: "m:s", 47: "m:s"}
	for _, id := range []int{14, 15, 16, 17, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58} {
		codes[id] = date
	}
	for _, id := range []int{18, 20, 32} {
		codes[id] = clock
	}
	return codes
}()

var (
	literalRe  = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.`)
	bracketRe  = regexp.MustCompile(`\[[^\]]*\]`)
	elapsedRe  = regexp.MustCompile(`\[(h+|m+|s+)\]`)
	exponentRe = regexp.MustCompile(`e[+-]`)
	paddedRe   = regexp.MustCompile(`^(0{2,}|0+(-0+)+)$`)
)

// shown returns the code in which a cell with this format is read, or "" for its
// value as it is stored.
func shown(code string) string {
	if padded := strings.NewReplacer(`\`, "", `"`, "").Replace(code); paddedRe.MatchString(padded) {
		return code
	}
	signs := literalRe.ReplaceAllString(strings.ToLower(code), "")
	signs, _, _ = strings.Cut(signs, ";")
	if strings.Contains(signs, "general") {
		return ""
	}
	elapsed := elapsedRe.MatchString(signs)
	signs = exponentRe.ReplaceAllString(bracketRe.ReplaceAllString(signs, ""), "")
	clock := elapsed || strings.ContainsAny(signs, "hs") || strings.Contains(signs, "am/pm")
	signs = strings.NewReplacer("am/pm", "", "a/p", "").Replace(signs)
	date := strings.ContainsAny(signs, "ydgea") || !clock && strings.Contains(signs, "m")
	if !date && !clock {
		return ""
	}
	ours := ""
	switch {
	case date && clock:
		ours = dateCode + " " + timeCode
	case date:
		return dateCode
	case elapsed:
		ours = elapsedCode
	default:
		ours = timeCode
	}
	if strings.Contains(signs, "s") {
		ours += seconds
	}
	return ours
}
