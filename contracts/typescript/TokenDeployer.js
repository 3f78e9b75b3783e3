export const tokenDeployerAbi = [
  {"inputs":[{"internalType":"bytes32","name":"salt","type":"bytes32"}],"name":"predict","outputs":[{"internalType":"address","name":"","type":"address"}],"stateMutability":"view","type":"function"}
];
