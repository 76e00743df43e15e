package waiting_test

import (
	"testing"

	"kakehashi/domains/places/waiting"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "waiting", waiting.Messages().FS)
	i18ntest.Keys(t, waiting.Messages(), ".")
}
