package offices

import (
	"testing"

	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "offices", messages)
	i18ntest.Keys(t, Messages(), ".")
}
