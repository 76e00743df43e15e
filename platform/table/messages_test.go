package table

import (
	"testing"

	"kakehashi/platform/i18n"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "table", Messages().FS)
	i18ntest.Keys(t, Messages(), ".")
}

func TestRefusal_Text(t *testing.T) {
	loc := i18n.NewCatalog(Messages()).For(i18n.En)
	r := Refusal{Line: 3, Column: "名称", Key: TooLong, Args: []any{"limit", 200}}
	if got, want := r.Text(loc), "Row 3, “名称”: Too long. Please use at most 200 characters."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := (Summary{Imported: 1, Refused: 2}).Text(loc), "Added 1, updated 0, unchanged 0, not taken 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := XLSX.Label(loc); got != "Excel (.xlsx)" {
		t.Errorf("%q", got)
	}
}
