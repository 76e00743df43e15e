package money_test

import (
	"testing"

	"kakehashi/domains/places/money"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "money", money.Messages().FS)
	i18ntest.Keys(t, money.Messages(), ".")
}
