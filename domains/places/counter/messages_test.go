package counter_test

import (
	"testing"

	"kakehashi/domains/places/counter"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "counter", counter.Messages().FS)
	i18ntest.Keys(t, counter.Messages(), ".")
}
