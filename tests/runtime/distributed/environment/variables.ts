// What launchers put into the environment of the processes that they start.

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>;

export const lavis: Variables = {
  RANK: "1",
  WORLD_SIZE: "4",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "4",
  LAVIS_RENDEZVOUS: "127.0.0.1:34001",
  LAVIS_JOB_ID: "job",
  LAVIS_JOB_TOKEN: "secret",
  LAVIS_RESTART_COUNT: "2",
};
/** As torchrun 2.13 sets them. */
export const torchrun: Variables = {
  RANK: "3",
  WORLD_SIZE: "4",
  LOCAL_RANK: "1",
  LOCAL_WORLD_SIZE: "2",
  GROUP_RANK: "1",
  GROUP_WORLD_SIZE: "2",
  ROLE_RANK: "3",
  ROLE_WORLD_SIZE: "4",
  MASTER_ADDR: "node1",
  MASTER_PORT: "29500",
  TORCHELASTIC_RUN_ID: "none",
  TORCHELASTIC_RESTART_COUNT: "1",
  TORCHELASTIC_MAX_RESTARTS: "3",
  TORCHELASTIC_USE_AGENT_STORE: "True",
  OMP_NUM_THREADS: "1",
};
export const pytorchjob: Variables = {
  RANK: "1",
  WORLD_SIZE: "3",
  MASTER_ADDR: "job-master-0",
  MASTER_PORT: "23456",
};
/** As Open MPI 4.1 sets them. */
export const openmpi: Variables = {
  OMPI_COMM_WORLD_RANK: "1",
  OMPI_COMM_WORLD_SIZE: "2",
  OMPI_COMM_WORLD_LOCAL_RANK: "1",
  OMPI_COMM_WORLD_LOCAL_SIZE: "2",
  OMPI_COMM_WORLD_NODE_RANK: "1",
  OMPI_MCA_orte_num_nodes: "1",
  OMPI_MCA_ess_base_jobid: "929497089",
};
/** As Hydra of MPICH 4.0 sets them. */
export const mpich: Variables = {
  PMI_RANK: "0",
  PMI_SIZE: "2",
  MPI_LOCALRANKID: "0",
  MPI_LOCALNRANKS: "2",
  PMI_FD: "6",
  HYDI_CONTROL_FD: "7",
};
/** As srun sets them in a step of three tasks on two hosts. */
export const slurm: Variables = {
  SLURM_JOB_ID: "4711",
  SLURM_NTASKS: "3",
  SLURM_NNODES: "2",
  SLURM_STEP_ID: "0",
  SLURM_STEP_NUM_TASKS: "3",
  SLURM_STEP_NUM_NODES: "2",
  SLURM_STEP_TASKS_PER_NODE: "2,1",
  SLURM_STEP_NODELIST: "node[07-08]",
  SLURM_PROCID: "2",
  SLURM_LOCALID: "0",
  SLURM_NODEID: "1",
};
/** The shell of sbatch, or of salloc: SLURM's job, but no step of srun's. */
export const batch: Variables = {
  SLURM_JOB_ID: "4711",
  SLURM_NTASKS: "3",
  SLURM_NNODES: "2",
  SLURM_PROCID: "0",
};

/** Variables but for some. */
export function without(variables: Variables, ...names: readonly string[]): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}
