// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Section 4.4: names in lower case with spaces.
library Messages {
    function of_(uint8 code) internal pure returns (string memory) {
        if (code >= 17 && code <= 26) return string.concat("sender: ", account(code - 16));
        if (code >= 33 && code <= 42) return string.concat("receiver: ", account(code - 32));
        return account(code);
    }

    function account(uint8 c) private pure returns (string memory) {
        if (c == 0) return "ok";
        if (c == 1) return "not registered";
        if (c == 2) return "wallet frozen";
        if (c == 3) return "wallet revoked";
        if (c == 4) return "identity frozen";
        if (c == 5) return "identity revoked";
        if (c == 6) return "expired";
        if (c == 7) return "tier too low";
        if (c == 8) return "country blocked";
        if (c == 9) return "sanctioned";
        if (c == 10) return "investor type";
        if (c == 48) return "deployer not allowed";
        if (c == 49) return "contract not registered";
        if (c == 50) return "frame blocked";
        if (c == 64) return "token not registered";
        if (c == 65) return "token paused";
        if (c == 66) return "legal hold";
        if (c == 67) return "country not allowed";
        if (c == 69) return "investor type not allowed";
        if (c == 70) return "max holders";
        if (c == 71) return "max holders country";
        if (c == 72) return "max holders type";
        if (c == 73) return "max balance";
        if (c == 74) return "max share";
        if (c == 75) return "min holding";
        if (c == 76) return "lockup";
        if (c == 77) return "holding period";
        if (c == 78) return "window limit";
        if (c == 79) return "approval required";
        if (c == 80) return "travel rule required";
        if (c == 81) return "supply cap";
        if (c == 82) return "type balance";
        if (c == 128) return "insufficient balance";
        if (c == 129) return "tokens frozen";
        if (c == 130) return "token contract paused";
        return "";
    }
}
