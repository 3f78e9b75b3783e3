import { concat, encodePacked, keccak256 } from "viem";
import { Admin, Alice, Bob, documentHash, people, throughTimelock } from "./fixture.mjs";
import { at, day, never, tokens, words, year } from "./world.mjs";

export const title = "Staking and vesting of FACTR";

const factr = at("FACTR");
const staking = at("StakingV2");
const vesting = at("Vesting");
const PLAN = 0;
const FIRST = 0n;
const RATIO_ONE = 10n ** 18n;

export default async function stakingAndVesting(world) {
  const { act, before, check, event, head, nextBlockAt, now, prepare, read, refused, travelTo, variant } = world;
  await before(people);
  await prepare(Admin, factr.transfer(Alice.address, tokens(10_000)));
  await prepare(Alice, factr.approve(staking.address, never));

  const start = await now();
  const plan = staking.addPlan(
    factr.address,
    factr.address,
    tokens(1_000_000),
    tokens(1),
    RATIO_ONE,
    Number(start + year),
    Number(start + 4n * year),
    Number(year),
    1_250,
    0,
  );
  await throughTimelock(world, "The Timelock adds a plan: FACTR for FACTR, 12.5 % a year, locked for a year.", plan);
  await act("Alice stakes 10,000 FACTR.", Alice, staking.stake(PLAN, tokens(10_000)));
  const unlocks = (await head()).timestamp + year;
  await act("The treasury gives the contract 1,249 FACTR for rewards.", Admin, factr.transfer(staking.address, tokens(1_249)));
  await travelTo(unlocks - 1n);
  await refused("A second before the year is over she cannot unstake.", Alice, staking.unstake(FIRST), "StakeIsLocked");
  check(
    "Her reward after a year is 10,000 · 12.5 % = 1,250 FACTR.",
    await read(staking.calculateStakeRewardByIndex(Alice.address, Number(unlocks), FIRST)),
    tokens(1_250),
  );

  await variant(async () => {
    await nextBlockAt(unlocks);
    const receipt = await act("What if she unstakes while there are only 1,249?", Alice, staking.unstake(FIRST));
    check(
      "She has her 10,000 FACTR back, and the contract tells that the reward is missing.",
      [await read(factr.balanceOf(Alice.address)), event(receipt, staking, "UnstakedWithoutRewards").user],
      [tokens(10_000), Alice.address],
    );
    await refused("A claim is refused until the contract has the reward.", Alice, staking.claimRewards(FIRST), "NotEnoughTokensToRepayReward");
    await act("The treasury adds the one that is missing.", Admin, factr.transfer(staking.address, tokens(1)));
    await act("Then she claims.", Alice, staking.claimRewards(FIRST));
    check("She has 11,250 FACTR.", await read(factr.balanceOf(Alice.address)), tokens(11_250));
  });
  await prepare(Admin, factr.transfer(staking.address, tokens(1)));
  await travelTo(unlocks + day);
  await act("With 1,250 in the contract, she unstakes a day after the year.", Alice, staking.unstake(FIRST));
  check(
    "She has 11,250 FACTR, and the contract none.",
    [await read(factr.balanceOf(Alice.address)), await read(factr.balanceOf(staking.address))],
    [tokens(11_250), 0n],
  );

  await prepare(Admin, factr.transfer(vesting.address, tokens(10_000)));
  const begins = (await now()) + day;
  const grant = (cliff) => ({
    cliff,
    start: begins,
    duration: year,
    secondsPerSlice: day,
    beneficiary: Bob.address,
    tokenAddress: factr.address,
    amount: tokens(500),
    initialAmount: tokens(50),
  });
  const leafOf = (s) =>
    keccak256(
      encodePacked(
        ["uint64", "uint64", "uint64", "uint64", "address", "address", "uint256", "uint256"],
        [s.cliff, s.start, s.duration, s.secondsPerSlice, s.beneficiary, s.tokenAddress, s.amount, s.initialAmount],
      ),
    );
  const sibling = documentHash("another grant");
  const rootOf = (schedule) => keccak256(concat([leafOf(schedule), sibling].sort()));
  const [plain, withCliff] = [grant(begins), grant(begins + 31n * day)];
  await act(
    "The treasury admits the grants: Bob gets 50 FACTR at once and 500 over a year, day by day.",
    Admin,
    vesting.addValidMerkletreeRoot(rootOf(plain), true),
  );
  await act("And the same with a cliff of 31 days.", Admin, vesting.addValidMerkletreeRoot(rootOf(withCliff), true));
  await travelTo(begins);
  const releasable = (schedule) => read(vesting.getReleasableAmount(schedule, [sibling]));
  check("At the start, a day later, 50 FACTR may be released.", await releasable(plain), tokens(50));

  await nextBlockAt(begins + 30n * day);
  const vested = tokens(50) + (tokens(500) * 30n) / 365n;
  const had = await read(factr.balanceOf(Bob.address));
  await act("On day 30 Bob releases what is vested.", Bob, vesting.release(plain, [sibling]));
  check(`He receives 50 + 500 · 30 / 365 = ${words(vested, 18, 4)} FACTR.`, (await read(factr.balanceOf(Bob.address))) - had, vested);
  check("With the cliff of 31 days it would still be 50.", await releasable(withCliff), tokens(50));
  await refused("Alice cannot release Bob's grant.", Alice, vesting.release(plain, [sibling]), "NotBeneficiaryOrOperator", Alice.address);
}
