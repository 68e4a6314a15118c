"""From signals to fills: the policy and the engines that obey it."""
