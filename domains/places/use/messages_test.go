package use_test

import (
	"testing"

	"kakehashi/domains/places/use"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "use", use.Messages().FS)
	i18ntest.Keys(t, use.Messages(), ".")
}
