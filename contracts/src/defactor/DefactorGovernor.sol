// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {
    GovernorUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/GovernorUpgradeable.sol";
import {
    GovernorCountingSimpleUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorCountingSimpleUpgradeable.sol";
import {
    GovernorPreventLateQuorumUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorPreventLateQuorumUpgradeable.sol";
import {
    GovernorSettingsUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorSettingsUpgradeable.sol";
import {
    GovernorTimelockControlUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorTimelockControlUpgradeable.sol";
import {
    GovernorVotesQuorumFractionUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorVotesQuorumFractionUpgradeable.sol";
import {
    GovernorVotesUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/extensions/GovernorVotesUpgradeable.sol";
import {
    TimelockControllerUpgradeable
} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";
import {Kyc} from "../common/Kyc.sol";
import {PlatformUpgradeable} from "../common/PlatformUpgradeable.sol";

/// @title DefactorGovernor
/// @notice Votes of FACTR holders on what the Timelock does. Each vote needs an eligible voter while `voterEligibilityRequired` is on.
contract DefactorGovernor is
    GovernorUpgradeable,
    GovernorSettingsUpgradeable,
    GovernorCountingSimpleUpgradeable,
    GovernorVotesUpgradeable,
    GovernorVotesQuorumFractionUpgradeable,
    GovernorPreventLateQuorumUpgradeable,
    GovernorTimelockControlUpgradeable,
    PlatformUpgradeable
{
    /// @custom:storage-location erc7201:defactor.DefactorGovernor.v1
    struct GovernorEligibility {
        bool isOff;
    }

    // keccak256(abi.encode(uint256(keccak256("defactor.DefactorGovernor.v1")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant ELIGIBILITY_STORAGE = 0xae25fa76af011b9c7e770df34147ca03ccd8cb69d25060795bb7c622a94f6b00;

    /// @notice The eligibility of voters was switched.
    /// @param required Whether a voter must be eligible.
    event VoterEligibilityRequiredSet(bool required);

    /// @notice Sets delay 1 day, period 5 days, threshold 100,000 FACTR, quorum 4 %, extension after a late quorum 1 day.
    /// @param factr Token that votes.
    /// @param timelock Timelock that executes.
    function initialize(IVotes factr, TimelockControllerUpgradeable timelock) external initializer {
        __Governor_init("DefactorGovernor");
        __GovernorSettings_init(1 days, 5 days, 100_000e18);
        __GovernorVotes_init(factr);
        __GovernorVotesQuorumFraction_init(4);
        __GovernorPreventLateQuorum_init(1 days);
        __GovernorTimelockControl_init(timelock);
    }

    /// @notice Switches the eligibility of voters. By a proposal only.
    /// @param required Whether a voter must be eligible.
    function setVoterEligibilityRequired(bool required) external onlyGovernance {
        _eligibility().isOff = !required;
        emit VoterEligibilityRequiredSet(required);
    }

    /// @notice Whether a voter must be eligible.
    function voterEligibilityRequired() external view returns (bool) {
        return !_eligibility().isOff;
    }

    /// @notice Where a proposal stands.
    /// @param proposalId Proposal.
    function state(uint256 proposalId) public view override(GovernorUpgradeable, GovernorTimelockControlUpgradeable) returns (ProposalState) {
        return super.state(proposalId);
    }

    /// @notice Whether a proposal must wait in the Timelock: always.
    /// @param proposalId Proposal.
    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(GovernorUpgradeable, GovernorTimelockControlUpgradeable)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    /// @notice Votes that a proposer needs, units of 10^-18 FACTR.
    function proposalThreshold() public view override(GovernorUpgradeable, GovernorSettingsUpgradeable) returns (uint256) {
        return super.proposalThreshold();
    }

    /// @notice End of the vote on a proposal, seconds; later than planned after a late quorum.
    /// @param proposalId Proposal.
    function proposalDeadline(uint256 proposalId)
        public
        view
        override(GovernorUpgradeable, GovernorPreventLateQuorumUpgradeable)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    /// @dev Every way to vote ends here.
    function _castVote(uint256 proposalId, address account, uint8 support, string memory reason, bytes memory params)
        internal
        override
        returns (uint256)
    {
        if (!_eligibility().isOff) Kyc.requireEligible(account);
        return super._castVote(proposalId, account, support, reason, params);
    }

    function _tallyUpdated(uint256 proposalId) internal override(GovernorUpgradeable, GovernorPreventLateQuorumUpgradeable) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(GovernorUpgradeable, GovernorTimelockControlUpgradeable) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(GovernorUpgradeable, GovernorTimelockControlUpgradeable) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(address[] memory targets, uint256[] memory values, bytes[] memory calldatas, bytes32 descriptionHash)
        internal
        override(GovernorUpgradeable, GovernorTimelockControlUpgradeable)
        returns (uint256)
    {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(GovernorUpgradeable, GovernorTimelockControlUpgradeable) returns (address) {
        return super._executor();
    }

    function _eligibility() private pure returns (GovernorEligibility storage $) {
        assembly {
            $.slot := ELIGIBILITY_STORAGE
        }
    }
}
