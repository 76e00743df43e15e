package ui

import (
	"testing"

	"kakehashi/platform/i18n"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "ui", Messages)
	i18ntest.Keys(t, i18n.Source{Name: "ui", FS: Messages}, ".")
}
