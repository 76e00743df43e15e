package usage_test

import (
	"testing"

	"kakehashi/domains/places/usage"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "usage", usage.Messages().FS)
	i18ntest.Keys(t, usage.Messages(), ".")
}
