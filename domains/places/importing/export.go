package importing

import (
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"

	"kakehashi/domains/places/facility"
	"kakehashi/engines/jp"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

// Export writes the facilities in the standard layout, with the columns that
// imports brought and nobody knows behind it.
func Export(w io.Writer, format table.Format, list []facility.Facility) error {
	extra := extraColumns(list)
	return table.Write(w, format, header(extra), records(list, extra))
}

// records returns the rows of an exported file.
func records(list []facility.Facility, extra []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, f := range list {
			if !yield(record(f, extra)) {
				return
			}
		}
	}
}

func record(f facility.Facility, extra []string) []string {
	out := make([]string, 0, len(standard)+len(extra))
	for _, c := range standard {
		out = append(out, cell(f, c))
	}
	for _, name := range extra {
		out = append(out, f.Extra[name])
	}
	return out
}

// extraColumns are the columns that no layout has, in order.
func extraColumns(list []facility.Facility) []string {
	known := map[string]bool{}
	for _, c := range standard {
		known[c.name] = true
	}
	all := map[string]bool{}
	for _, f := range list {
		for name := range f.Extra {
			if !known[name] {
				all[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// cell is what stands in one column of the standard layout.
func cell(f facility.Facility, c column) string {
	switch c.name {
	case colCode:
		return f.Code
	case colID:
		return f.Number
	case colName:
		return f.Name[i18n.Ja]
	case colKana:
		return f.Kana
	case colEnglish:
		return f.Name[i18n.En]
	case colAddress:
		return f.Address
	case colTown:
		return f.Town
	case colBuilding:
		return f.Building
	case colLat, colLng:
		if !f.Located() {
			return ""
		}
		at := f.Lat
		if c.name == colLng {
			at = f.Lng
		}
		return strconv.FormatFloat(at, 'f', -1, 64)
	case colPhone:
		if f.PhoneNote != "" {
			return f.Phone + "（" + f.PhoneNote + "）"
		}
		return f.Phone
	case colMail:
		return f.Mail
	case colPostal:
		return f.PostalCode
	case colDays:
		return f.Days
	case colOpens:
		return clockCell(f.Opens)
	case colCloses:
		return clockCell(f.Closes)
	case colHoursNote:
		return f.HoursNote
	case colDescription:
		return f.Description[i18n.Ja]
	case colURL:
		return f.URL
	}
	if c.access != "" {
		return f.Access[c.access]
	}
	return f.Extra[c.name]
}

func clockCell(minutes int) string {
	if minutes < 0 {
		return ""
	}
	return jp.FormatClock(minutes)
}

// Standard returns those of a facility's extra columns that the standard layout
// has: what else a file brought may be meant for the office alone.
func Standard(extra map[string]string) map[string]string {
	out := make(map[string]string, len(extra))
	for _, c := range standard {
		if v := extra[c.name]; v != "" && !c.field && c.access == "" {
			out[c.name] = v
		}
	}
	return out
}
