package draws_test

import (
	"testing"

	"kakehashi/domains/places/draws"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "draws", draws.Messages().FS)
	i18ntest.Keys(t, draws.Messages(), ".")
}
