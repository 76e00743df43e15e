package basket_test

import (
	"testing"

	"kakehashi/domains/places/basket"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "basket", basket.Messages().FS)
	i18ntest.Keys(t, basket.Messages(), ".")
}
