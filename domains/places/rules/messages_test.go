package rules_test

import (
	"testing"

	"kakehashi/domains/places/rules"
	"kakehashi/platform/i18n/i18ntest"
)

func TestMessages(t *testing.T) {
	i18ntest.Complete(t, "rules", rules.Messages().FS)
	i18ntest.Keys(t, rules.Messages(), ".")
}
