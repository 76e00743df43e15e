package ui

import (
	"testing"

	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "ui", Messages().FS)
	i18ntest.Keys(t, Messages(), ".")
}
